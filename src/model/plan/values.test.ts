import { describe, expect, test } from 'vitest';
import { DomainName, ObjectiveValue, parseSpan, promised, type ObjectiveValue as Value } from './values.ts';

test.each<[string, ReturnType<typeof parseSpan>]>([
  ['15m', { min: 900_000, max: 900_000 }],
  ['15m..30m', { min: 900_000, max: 1_800_000 }],
  ['0', { min: 0, max: 0 }],
  ['30m..15m', undefined],
  ['15m..', undefined],
  ['15m..soon', undefined],
  ['', undefined],
  ['1m..2m..3m', undefined],
  ['soon', undefined],
])('the span %s', (text, span) => expect(parseSpan(text)).toEqual(span));

describe('an objective', () => {
  test.each<[Value | undefined, ReturnType<typeof promised>]>([
    ['15m..30m', { min: 900_000, max: 1_800_000 }],
    ['immediate', { min: 0, max: 0 }],
    ['continuous', { min: 0, max: 0 }],
    [
      { best: '1m', target: '15m', worst: '1h' },
      { min: 900_000, max: 900_000 },
    ],
    [
      { first: 'immediate', full: '1h' },
      { min: 3_600_000, max: 3_600_000 },
    ],
    ['varies', undefined],
    ['none', undefined],
    [undefined, undefined],
  ])('%j', (value, span) => expect(promised(value)).toEqual(span));

  test.each(['quickly', 30, { best: '1m' }, { first: '1m' }])('%j is none', (value) =>
    expect(ObjectiveValue.safeParse(value).success).toBe(false),
  );
});

test.each([
  ['aws/us-east-1', true],
  ['laptop/owner', true],
  ['aws/', false],
  ['/aws', false],
  ['AWS', false],
])('%s as the name of a domain: %s', (name, good) => expect(DomainName.safeParse(name).success).toBe(good));
