import { expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';

function redacting(...secrets: string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor.redact;
}

test('a secret is taken out wherever it stands, and as often', () => {
  const redact = redacting('s3cret-word');
  expect(redact('a s3cret-word b s3cret-word')).toBe('a [redacted] b [redacted]');
});

test('text is left as it is when no secret is known', () => {
  expect(createRedactor().redact('nothing here')).toBe('nothing here');
});

test.each([
  ['postgres://app:p%40ss%2Fword@db.example.com:5432/orders', 'p@ss/word'],
  ['postgres://app:p%40ss%2Fword@db.example.com:5432/orders', 'p%40ss%2Fword'],
  ['postgres://app:odd%zzword@db.example.com/orders', 'odd%zzword'],
  ["host=db.example.com password='two words' user=app", 'two words'],
  ['host=db.example.com password=plainword user=app', 'plainword'],
])('the password of %s is taken out on its own, too', (secret, password) => {
  const redact = redacting(secret);
  expect(redact(`failed for ${password}!`)).toBe('failed for [redacted]!');
  expect(redact(`connecting to ${secret}`)).not.toContain(password);
});

test('a secret that JSON writes otherwise is taken out there as well', () => {
  const redact = redacting('quote"back\\slash');
  expect(redact(JSON.stringify({ at: 'quote"back\\slash' }))).toBe('{"at":"[redacted]"}');
});

test('each line of a key file is a secret', () => {
  const redact = redacting('# made today\nAGE-SECRET-KEY-1EXAMPLE\n');
  expect(redact('identity AGE-SECRET-KEY-1EXAMPLE')).toBe('identity [redacted]');
});

test('the longer of two secrets goes first, so that no piece of it stays', () => {
  const redact = redacting('word', 'word-and-more');
  expect(redact('word-and-more')).toBe('[redacted]');
});

test('signs that mean something in patterns are plain signs in a secret', () => {
  const redact = redacting('a.*b[c]$^|{1}');
  expect(redact('a.*b[c]$^|{1} axxb')).toBe('[redacted] axxb');
});
