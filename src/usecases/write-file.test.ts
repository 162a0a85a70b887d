import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorRecord } from '../model/errors.ts';
import { replaceFile, withRoom } from './write-file.ts';

const failing = (code: string) => () => {
  throw Object.assign(new Error(`${code}: write`), { code });
};
const caught = (work: () => never) => {
  try {
    return withRoom('/state', work);
  } catch (error) {
    return errorRecord(error);
  }
};

test.each(['ENOSPC', 'EDQUOT'])('%s is a full disk, with the folder and the way on', (code) =>
  expect(caught(failing(code))).toMatchObject({
    code: 'DISK_FULL',
    message: 'no room left in /state',
    hint: expect.stringContaining('lifeboat recover --resume'),
  }),
);

test('any other error stays what it is', () => expect(caught(failing('EISDIR'))).toMatchObject({ code: 'INTERNAL' }));

test('what works gives its result', () => expect(withRoom('/state', () => 7)).toBe(7));

describe('a file that a person named', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-write-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const refusal = (file: string) => {
    try {
      replaceFile(join(folder, file), 'new');
    } catch (error) {
      return errorRecord(error);
    }
    return undefined;
  };

  test('is replaced, and its folder is made', () => {
    writeFileSync(join(folder, 'a'), 'old');
    replaceFile(join(folder, 'a'), 'new');
    replaceFile(join(folder, 'b/c'), 'new');
    expect([readFileSync(join(folder, 'a'), 'utf8'), readFileSync(join(folder, 'b/c'), 'utf8')]).toEqual([
      'new',
      'new',
    ]);
    expect(readdirSync(folder)).toEqual(['a', 'b']);
  });

  test('is no folder, and no link to one', () => {
    mkdirSync(join(folder, 'd'));
    symlinkSync(join(folder, 'd'), join(folder, 'l'));
    expect(refusal('d')).toMatchObject({ code: 'USAGE', message: expect.stringContaining('is a folder') });
    expect(refusal('l')).toMatchObject({ code: 'USAGE', message: expect.stringContaining('is a folder') });
  });

  test('is not below a file', () => {
    writeFileSync(join(folder, 'a'), 'old');
    expect(refusal('a/b')).toMatchObject({ code: 'USAGE', message: expect.stringContaining('cannot be written') });
  });

  test('is not a link that leads nowhere', () => {
    symlinkSync(join(folder, 'gone'), join(folder, 'l'));
    expect(refusal('l')).toMatchObject({ code: 'USAGE', message: expect.stringContaining('cannot be written') });
  });
});
