import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KnownError } from '../../../model/errors.ts';
import { translateFileError, withFileErrors } from './file-errors.ts';

const errno = (code: string) => Object.assign(new Error(code), { code, path: '/srv/data/x' });

describe('what a file system refuses', () => {
  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'TARGET_DENIED'],
    ['EROFS', 'TARGET_DENIED'],
    ['EIO', 'TARGET_FAILED'],
  ])('%s is %s, and the path is named', (code, known) => {
    const translated = translateFileError(errno(code), 'restore') as KnownError;
    expect(translated).toMatchObject({ code: known, message: expect.stringContaining('/srv/data/x') });
    expect(translated.cause).toMatchObject({ code });
  });

  test('a full disk is told as one', async () => {
    const full = withFileErrors('restore', async () => {
      const file = await open('/dev/full', 'w');
      try {
        await file.write('x');
      } finally {
        await file.close();
      }
    });
    await expect(full).rejects.toMatchObject({ code: 'DISK_FULL' });
  });

  test('anything else stays what it is', async () => {
    const known = new KnownError('OBJECT_DAMAGED', 'a', 'b');
    expect(translateFileError(known, 'restore')).toBe(known);
    const fault = new TypeError('a fault of ours');
    expect(translateFileError(fault, 'restore')).toBe(fault);
    const folder = await mkdtemp(join(tmpdir(), 'lbfe-'));
    await expect(withFileErrors('restore', () => open(join(folder, 'x')))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await withFileErrors('restore', async () => 7)).toBe(7);
    await rm(folder, { recursive: true });
  });
});
