import { describe, expect, test } from 'vitest';
import { KnownError } from '../../model/errors.ts';
import { pgErrorCode, translatePgError } from './errors.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error('said'), { code, ...more });

describe('translatePgError', () => {
  test.each([
    ['ECONNREFUSED', 'TARGET_UNREACHABLE'],
    ['ENOTFOUND', 'TARGET_UNREACHABLE'],
    ['ETIMEDOUT', 'TARGET_UNREACHABLE'],
    ['ECONNRESET', 'TARGET_UNREACHABLE'],
    ['57P01', 'TARGET_UNREACHABLE'],
    ['57P03', 'TARGET_UNREACHABLE'],
    ['08006', 'TARGET_UNREACHABLE'],
    ['53300', 'TARGET_UNREACHABLE'],
    ['28P01', 'TARGET_DENIED'],
    ['28000', 'TARGET_DENIED'],
    ['42501', 'TARGET_DENIED'],
    ['53100', 'DISK_FULL'],
    ['ENOSPC', 'DISK_FULL'],
    ['57014', 'TIMED_OUT'],
    ['55P03', 'TIMED_OUT'],
    ['42P01', 'TARGET_FAILED'],
    ['XX001', 'TARGET_FAILED'],
  ])('%s is %s', (code, known) => {
    const error = translatePgError(coded(code), 'orders-db: reading');
    expect(error).toMatchObject({ code: known, message: `orders-db: reading: said (${code})` });
    expect(error.hint).not.toBe('');
    expect(pgErrorCode(error)).toBe(code);
  });

  test.each([
    ['3D000', /name of the database/],
    ['28000', /role must exist.*replication line/],
    ['28P01', /^Check user, password/],
  ])('%s: the hint is about the connection, not about the log of the server', (code, says) => {
    const { hint } = translatePgError(coded(code), 'x');
    expect(hint).toMatch(says);
    expect(hint).toContain('in the connection');
    expect(hint).not.toContain("server's log");
  });

  test('a socket file: missing is unreachable, closed is denied; of other files that says nothing', () => {
    const code = (error: unknown) => translatePgError(error, 'x').code;
    expect(code(coded('ENOENT', { syscall: 'connect' }))).toBe('TARGET_UNREACHABLE');
    expect(code(coded('EACCES', { syscall: 'connect' }))).toBe('TARGET_DENIED');
    expect(code(coded('ENOENT', { syscall: 'open' }))).toBe('TARGET_FAILED');
  });

  test('a known error stays what it is', () => {
    const known = new KnownError('LOG_GAP', 'a', 'b');
    expect(translatePgError(known, 'x')).toBe(known);
  });

  test('a fault of ours is not blamed on the server', () => {
    expect(translatePgError(new TypeError('x is not a function'), 'y').code).toBe('INTERNAL');
    expect(translatePgError('text', 'y')).toMatchObject({ code: 'TARGET_FAILED', message: 'y: text' });
    expect(translatePgError(undefined, 'y').code).toBe('TARGET_FAILED');
    expect(pgErrorCode(undefined)).toBeUndefined();
  });

  test('an address with several failures tells each', () => {
    const several = Object.assign(new AggregateError([new Error('one'), new Error('two')], ''), {
      code: 'ECONNREFUSED',
    });
    expect(translatePgError(several, 'x').message).toBe('x: one; two');
  });
});
