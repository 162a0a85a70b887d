import type { z } from 'zod';
import { isJsonObject } from '../lib/json.ts';
import { damaged, newerFormat } from './errors.ts';
import { sha256Of } from './keys.ts';

/** JSON that people can read and that carries the sha256 of all the rest of it. */
export function writeChecked(value: object): Buffer {
  const sha256 = sha256Of(Buffer.from(JSON.stringify(value)));
  return Buffer.from(`${JSON.stringify({ ...value, sha256 }, null, 2)}\n`);
}

/** The value, if every byte is as it was written; else OBJECT_DAMAGED with the name of the object. */
export function readChecked<T>(bytes: Buffer, key: string, schema: z.ZodType<T>): T {
  const value = parse(bytes, key);
  if (!isJsonObject(value)) throw damaged(key, 'is not what it should be');
  const { sha256, ...rest } = value;
  if (!writeChecked(rest).equals(bytes)) throw damaged(key, 'was altered: its checksum is not that of its content');
  if (typeof rest.format === 'number' && rest.format > 1) throw newerFormat(key, rest.format);
  const parsed = schema.safeParse(rest);
  if (!parsed.success) throw damaged(key, 'lacks something or holds something unforeseen', parsed.error);
  return parsed.data;
}

function parse(bytes: Buffer, key: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw damaged(key, 'is cut short or altered: it is no longer JSON', cause);
  }
}
