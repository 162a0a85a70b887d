import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isJsonObject, type Json } from './json.ts';

test('keys are written in one order, at every depth', () => {
  expect(canonicalJson({ b: 1, a: { d: [true, null], c: 'x' } })).toBe('{"a":{"c":"x","d":[true,null]},"b":1}');
});

test('any JSON value comes back from its canonical text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a list and null are not objects', () => {
  expect([{}, [], null, 'a'].map(isJsonObject)).toEqual([true, false, false, false]);
});
