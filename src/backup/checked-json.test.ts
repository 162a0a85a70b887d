import { expect, test } from 'vitest';
import { z } from 'zod';
import { readChecked, writeChecked } from './checked-json.ts';
import { readManifest } from './records.ts';

const Anything = z.record(z.string(), z.json());
const manifest = {
  format: 1,
  id: 'b',
  component: 'database',
  method: 'postgres.dump',
  startedAt: '2026-01-14T03:00:00.000Z',
  finishedAt: '2026-01-14T03:00:00.000Z',
  facts: {},
  parts: [],
};
const key = 'components/database/backups/b/manifest.json';
const sum = 'a'.repeat(64);
const object = { key: 'components/database/backups/b/p', bytes: 1, sha256: sum, plainBytes: 5, plainSha256: sum };

test('what is written is read back, whatever its keys are', () => {
  const value = { name: 'Ünïcode', '16384': [1, 2.5, null, true], nested: { b: 1, a: { 2: 'x', 1: 'y' } } };
  expect(readChecked(writeChecked(value), 'object', Anything)).toEqual(value);
});

test('the same content written another way is refused: every byte counts', () => {
  const text = writeChecked({ a: 1, b: 2 }).toString();
  for (const other of [text.trimEnd(), ` ${text}`, text.replaceAll('  ', '\t'), JSON.stringify(JSON.parse(text))])
    expect(() => readChecked(Buffer.from(other), 'the/object', Anything)).toThrow('the/object was altered');
});

test('what is no JSON, or no object, is refused', () => {
  for (const text of ['', '{', 'null', '[]', '"text"', '{}'])
    expect(() => readChecked(Buffer.from(text), 'the/object', Anything)).toThrow('the/object');
});

test.each([
  ['another backup', { id: 'c' }],
  ['another component', { component: 'other' }],
  ['an unknown method', { method: 'magic' }],
  ['a time that is none', { startedAt: 'yesterday' }],
  ['more than is known', { colour: 'red' }],
  ['a part whose objects do not add up', { parts: [{ name: 'p', plainBytes: 6, objects: [object] }] }],
  [
    'an object outside of its folder',
    { parts: [{ name: 'p', plainBytes: 5, objects: [{ ...object, key: 'components/x' }] }] },
  ],
])('a manifest with a right checksum that speaks of %s is refused', (_, change) => {
  expect(() => readManifest(writeChecked({ ...manifest, ...change }), key)).toThrow(key);
  expect(readManifest(writeChecked(manifest), key)).toEqual(manifest);
});

test('a manifest of a later format is not called damaged', () => {
  expect(() => readManifest(writeChecked({ ...manifest, format: 2 }), key)).toThrow('format 2');
});
