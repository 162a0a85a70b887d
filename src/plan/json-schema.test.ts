import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { planJsonSchema } from './json-schema.ts';
import { edit, PLAN } from './sample-plan.fake.ts';

const schema = z.fromJSONSchema(planJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

const EXAMPLES = new URL('../../examples/', import.meta.url);
const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)(lifeboat|as-written)\.yaml$/.test(file))
  .sort();

describe('the schema that editors use', () => {
  test('accepts a good plan, expressions and all', () => expect(accepts(PLAN)).toBe(true));

  test.each(examples)('accepts examples/%s', (file) =>
    expect(accepts(readFileSync(new URL(file, EXAMPLES), 'utf8'))).toBe(true),
  );

  test.each([
    ['a range', 'rto: 30m', 'rto: 30m..1h30m'],
    ['a word', 'rto: 30m', 'rto: immediate'],
    ['two phases', 'rto: 30m', 'rto: { first: immediate, full: 2h }'],
    ['a schedule', 'every: 24h', 'every: daily 03:00 UTC'],
    ['a number', 'port: 5499', 'port: ${{ int(env("P")) }}'],
    ['a truth', 'protected: false', 'protected: ${{ env("P") == "yes" }}'],
    ['a duration', 'every: 24h', 'every: \'${{ env("EVERY", "24h") }}\''],
    ['a choice', 'method: postgres.base_backup', 'method: \'${{ env("METHOD") }}\''],
    ['a reference to a secret', 'identity: ${{ secret("env:IDENTITY") }}', 'identity: { secret: "env:IDENTITY" }'],
  ])('%s may be written, or given by an expression', (_, from, to) => expect(accepts(edit(from, to))).toBe(true));

  test.each([
    ['an unknown field', 'needs: [database]', 'need: [database]'],
    ['no duration', 'approve: { role: keeper }', 'approve: { role: keeper, within: ten minutes }'],
    ['no span', 'rto: 30m', 'rto: 30 minutes'],
    ['a bad name', '  ann: {', '  Ann B: {'],
    ['a text that is no expression', 'port: ${{ int(env("PORT", "5432")) }}', 'port: many'],
    ['an unknown kind', 'kind: service', 'kind: servce'],
    ['a missing title', '    title: Rows were deleted\n', ''],
  ])('%s is marked', (_, from, to) => expect(accepts(edit(from, to))).toBe(false));

  test('every field says what it is for', () => {
    const { plan, components } = (planJsonSchema().properties ?? {}) as Record<string, { description?: string }>;
    expect(plan?.description).toBe('What this plan is and who keeps it.');
    expect(components?.description).toBe('What can be lost.');
  });
});
