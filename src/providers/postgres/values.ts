import type { Json, JsonObject } from '../../lib/json.ts';

/** A row as expressions and reports see it: numbers where they are exact, moments as ISO 8601, bytes as hex. */
export const asJson = (row: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueAsJson(value)]));

function valueAsJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(valueAsJson);
  return typeof value === 'object' ? asJson(value as Record<string, unknown>) : String(value);
}
