import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LogSearchRequest } from '../model/log-search.ts';
import { type FindRequest, findInLog } from './find-in-log.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const NO_KIND = { deleted: false, updated: false, truncated: false, dropped: false };
const request = (over: Partial<FindRequest>): FindRequest => ({
  component: 'database',
  kinds: NO_KIND,
  signal: new AbortController().signal,
  log: () => undefined,
  ...over,
});

test('passes on what was asked for', async () => {
  const asked: LogSearchRequest[] = [];
  const services = rig.services();
  const listening = rig.services({
    findInLog: async (world, wanted) => {
      asked.push(wanted);
      return services.findInLog(world, wanted);
    },
  });
  const kinds = { ...NO_KIND, deleted: true };
  const between = '2026-01-14T04:00+01:00..2026-01-14T03:10Z';
  await findInLog(request({ table: 'public."Alt ""und"" Neu"', kinds, by: '8841', between, minRows: '5' }), listening);
  expect(asked).toMatchObject([
    {
      table: 'public.Alt "und" Neu',
      kinds: ['deleted'],
      xid: 8841,
      from: new Date('2026-01-14T03:00:00Z'),
      to: new Date('2026-01-14T03:10:00Z'),
      minRows: 5,
    },
  ]);
  await findInLog(request({ between: '..2026-01-14T03:10Z' }), listening);
  expect(asked[1]).not.toHaveProperty('from');
});

test.each<[string, Partial<FindRequest>, string]>([
  ['a component there is not', { component: 'databse' }, 'the plan has no component'],
  ['a role', { by: 'app' }, 'does not tell which role'],
  ['a number no transaction has', { by: '99999999999' }, 'not "99999999999"'],
  ['no rows', { minRows: '0' }, 'a number of at least 1'],
  ['one moment', { between: '2026-01-14T03:00Z' }, 'two moments'],
  ['no moment', { between: '..' }, 'two moments'],
  ['a moment without a zone', { between: '2026-01-14T03:00..' }, 'time zone'],
  ['an end before the beginning', { between: '2026-01-14T03:00Z..2026-01-14T02:00Z' }, 'ends before it begins'],
])('refuses %s', async (_what, over, message) => {
  await expect(findInLog(request(over), rig.services())).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(message),
  });
});

test('refuses what keeps no log', async () => {
  rig.edit((plan) => plan.replace('components:\n', 'components:\n  shelf: { kind: bucket }\n'));
  await expect(findInLog(request({ component: 'shelf' }), rig.services())).rejects.toMatchObject({
    code: 'USAGE',
    message: 'shelf is a bucket, and keeps no log',
  });
});
