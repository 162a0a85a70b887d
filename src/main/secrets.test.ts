import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';
import { secretReader } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function reader(env: Record<string, string> = {}) {
  const redactor = createRedactor();
  return { secret: secretReader((name) => env[name], redactor), redact: redactor.redact };
}

describe('a secret', () => {
  test('comes from the environment and is known to the redactor', () => {
    const { secret, redact } = reader({ TOKEN: 'very-secret' });
    expect(secret({ secret: 'env:TOKEN' })).toBe('very-secret');
    expect(redact('it is very-secret')).toBe('it is [redacted]');
  });

  test('comes from a file, without the line end', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'from-a-file\n');
    const { secret, redact } = reader();
    expect(secret(`file:${file}`)).toBe('from-a-file');
    expect(redact('from-a-file')).toBe('[redacted]');
  });

  test.each([
    ['a variable that is not set', 'env:NOT_SET'],
    ['a variable that is empty', 'env:EMPTY'],
    ['a file that is not there', 'file:/nowhere/at/all'],
    ['a folder', `file:${folder}`],
  ])('that is missing (%s) is named by its reference', (_what, ref) => {
    const { secret } = reader({ EMPTY: ' ' });
    expect(() => secret({ secret: ref })).toThrow(expect.objectContaining({ code: 'SECRET_MISSING' }));
    expect(() => secret({ secret: ref })).toThrow(ref);
  });

  test('in an empty file is missing', () => {
    const file = join(folder, 'empty');
    writeFileSync(file, '\n');
    expect(() => reader().secret(`file:${file}`)).toThrow(expect.objectContaining({ code: 'SECRET_MISSING' }));
  });
});

test('a connection written in the plan is used as it is, and its password does not show', () => {
  const { secret, redact } = reader();
  expect(secret('postgres://app@db.example.com/orders')).toBe('postgres://app@db.example.com/orders');
  expect(secret('postgres://app:hunter22@db.example.com/orders')).toContain('hunter22');
  expect(redact('hunter22')).toBe('[redacted]');
  expect(redact('postgres://app@db.example.com/orders')).toContain('db.example.com');
});
