import { expect, test } from 'vitest';
import { errorRecord } from '../model/errors.ts';
import { withRoom } from './write-file.ts';

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
