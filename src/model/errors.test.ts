import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode, errorRecord, isRetryable, KnownError } from './errors.ts';

test('exit codes are told apart, except that all bad input is 2', () => {
  const codes = Object.values(ERRORS)
    .map(({ exit }) => exit)
    .filter((exit) => exit !== 2);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every((exit) => exit > 2 && exit < 126)).toBe(true);
});

test('only what may pass is tried again', () => {
  const retryable = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => isRetryable(new KnownError(code, '', '')));
  expect(retryable).toEqual(['TARGET_UNREACHABLE', 'TIMED_OUT']);
  expect(isRetryable(new Error('socket hang up'))).toBe(false);
});

test('an unforeseen error says that it is our fault', () => {
  expect(errorRecord(new TypeError('x is undefined'))).toMatchObject({ code: 'INTERNAL', message: 'x is undefined' });
  expect(errorRecord('boom')).toMatchObject({ code: 'INTERNAL', message: 'boom' });
});
