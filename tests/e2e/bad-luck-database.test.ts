import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../lab/corporate-intel/database.ts';
import type { RunningLifeboat } from '../../lab/lifeboat.ts';
import { documentOf, type Refusal } from './bad-luck.ts';
import {
  addressWith,
  backups,
  cancel,
  canLogIn,
  decide,
  paused,
  recoverAs,
  refused,
  run,
  startSmallWorld,
  world,
} from './bad-luck-world.ts';

/* A database that cannot be asked, a wrong word of a person, two people at once. The tests follow one another. */
beforeAll(startSmallWorld, 90_000);
afterAll(() => world?.close());

describe('a database that cannot be asked', () => {
  const nobody = { exit: 20, code: 'TARGET_UNREACHABLE', hint: 'Check that the server runs' };
  const denied = {
    exit: 21,
    code: 'TARGET_DENIED',
    says: /password authentication failed.*28P01/,
    hint: 'Check user, password',
  };

  test('nothing listens there: backup, dump and nothing kept', async () => {
    const before = await backups();
    await refused(
      ['backup', 'database', '--method', 'base_backup'],
      { ...nobody, says: '127.0.0.1:1' },
      addressWith('port', '1'),
    );
    await refused(
      ['backup', 'database', '--method', 'dump'],
      { ...nobody, says: '127.0.0.1:1' },
      addressWith('port', '1'),
    );
    expect(await backups()).toEqual(before);
  });

  test('a wrong password: backup, dump and stream stop at once', async () => {
    const wrong = addressWith('password', 'wrong-canary');
    const before = await backups();
    await refused(['backup', 'database', '--method', 'base_backup'], denied, wrong);
    await refused(['backup', 'database', '--method', 'dump'], denied, wrong);
    await refused(['backup', 'database', '--stream'], denied, wrong);
    expect(await backups()).toEqual(before);
  });

  test('no such database, no right to copy', async () => {
    const missing = { exit: 27, code: 'TARGET_FAILED', says: '"nowhere" does not exist', hint: /\S/ };
    await refused(['backup', 'database', '--method', 'dump'], missing, addressWith('pathname', '/nowhere'));
    const may = { CORPORATE_INTEL_DATABASE_URL: world.urls.analyst };
    await refused(
      ['backup', 'database', '--method', 'base_backup'],
      { ...denied, says: 'replication', hint: 'REPLICATION' },
      may,
    );
  });

  test('a recovery waits, and goes on when the database is there; what it did is taken back on request', async () => {
    const { run: id } = await paused(await run(recoverAs('analyst'), addressWith('port', '1')), {
      step: 'block',
      code: 'TARGET_UNREACHABLE',
      says: /127\.0\.0\.1:1/,
    });
    await decide(id, 'block', 'retry');
    await paused(await run(['recover', '--resume', id]), {
      step: 'find',
      code: 'TARGET_FAILED',
      says: /no transaction deleted rows of database since 20/,
    });
    expect(await canLogIn('analyst')).toBe(false);
    await decide(id, 'find', 'undo');
    expect(await run(['recover', '--resume', id])).toMatchObject({ code: 15 });
    expect(await canLogIn('analyst')).toBe(true);
    await refused(['recover', '--resume', id], {
      exit: 2,
      code: 'USAGE',
      says: /is over: failed/,
      hint: 'lifeboat status',
    });
  }, 60_000);
});

describe('the one to block', () => {
  test.each([
    ['is nobody', 'nobody_here', /database has no role nobody_here/],
    ['is the application', 'corporate_app', /corporate_app is a role that the application of database uses/],
    ['is Lifeboat itself', 'lifeboat', /lifeboat is the role Lifeboat itself connects as/],
  ])('%s: nobody is blocked', async (_what, role, says) => {
    const result = await paused(await run(recoverAs(role)), { step: 'block', code: 'TARGET_FAILED', says });
    expect(result.open_obligations).toEqual([]);
    expect(await Promise.all(['corporate_app', 'lifeboat', 'analyst'].map(canLogIn))).toEqual([true, true, true]);
    await cancel(result.run);
  });
});

test('a server that lives is not destroyed, also when a person insists', async () => {
  const { run: id } = await paused(await run(['recover', 'database-destroyed']), {
    step: 'confirm',
    code: 'TARGET_HEALTHY',
    says: /database is not lost/,
  });
  await decide(id, 'confirm', 'skip');
  const recovery = await world.lifeboat.start(['recover', '--resume', id, '--plan', world.plan, '--json']);
  await recovery.line(/lifeboat approve/);
  expect(await run(['approve', id, 'restore', '--by', 'alex'])).toMatchObject({ code: 0 });
  await paused(await recovery.finished, {
    step: 'restore',
    code: 'TARGET_HEALTHY',
    says: /a server runs in .*nothing was written/,
  });
  expect(await canLogIn('analyst')).toBe(true);
  await cancel(id);
}, 60_000);

describe('two deletions as large as one another', () => {
  let id: string;
  let xids: readonly string[];
  let recovery: RunningLifeboat;
  const companies = () =>
    withClient(world.urls.superuser, async (client) =>
      Number((await client.query('SELECT count(*) AS n FROM companies')).rows[0].n),
    );
  let before: number;

  test('are both named, and neither is guessed', async () => {
    // Companies that the application does not know: what it wrote must not be lost with the other deletion.
    await withClient(world.urls.superuser, (client) =>
      client.query(
        "INSERT INTO companies (name, sector, country) SELECT 'Doomed ' || n, 'Doomed', 'SE' FROM generate_series(1, 6) n",
      ),
    );
    before = await companies();
    xids = await withClient(world.urls.analyst, async (client) => {
      const made: string[] = [];
      for (let count = 0; count < 2; count++) {
        await client.query('BEGIN');
        made.push((await client.query('SELECT pg_current_xact_id()::text AS xid')).rows[0].xid);
        await client.query(
          "DELETE FROM companies WHERE id IN (SELECT id FROM companies WHERE sector = 'Doomed' ORDER BY id LIMIT 3)",
        );
        await client.query('COMMIT');
      }
      return made;
    });
    const { run: first } = await paused(await run(recoverAs('analyst')), {
      step: 'find',
      code: 'TARGET_AMBIGUOUS',
      says: new RegExp(`2 transactions.*xid (${xids.join('|')}) .*xid (${xids.join('|')}) `, 's'),
    });
    await decide(first, 'find', 'undo');
    expect(await run(['recover', '--resume', first])).toMatchObject({ code: 15 });
    expect(await canLogIn('analyst')).toBe(true);
  }, 60_000);

  test('a person chooses one, and it goes on with that', async () => {
    recovery = await world.lifeboat.start([
      ...recoverAs('analyst', '--set', `xid=${xids[1]}`),
      '--plan',
      world.plan,
      '--json',
    ]);
    id = (await recovery.line(/lifeboat approve (\S+)/))[1] ?? '';
    const { steps } = documentOf(await run(['status', id])) as { steps: { id: string; output?: { xid: number } }[] };
    expect(steps.find((step) => step.id === 'find')?.output?.xid).toBe(Number(xids[1]));
  }, 60_000);

  test('meanwhile a second recovery is refused and told who holds it', async () => {
    const { message } = await refused(recoverAs('analyst'), { exit: 10, code: 'RUN_LOCKED', says: id, hint: /\S/ });
    expect(message).toContain(`process ${recovery.pid}`);
    await refused(['recover', '--resume', id], {
      exit: 10,
      code: 'RUN_LOCKED',
      says: `process ${recovery.pid}`,
      hint: /\S/,
    });
  });

  test.each<[string, () => readonly string[], Omit<Refusal, 'exit' | 'code'>]>([
    [
      'somebody who may not',
      () => ['approve', id, 'load', '--by', 'sam'],
      { says: 'sam is not in the role incident-commander', hint: 'alex, kim' },
    ],
    [
      'somebody unknown',
      () => ['approve', id, 'load', '--by', 'mallory'],
      { says: 'mallory is not in the role', hint: '--by' },
    ],
    [
      'what is done',
      () => ['approve', id, 'find', '--by', 'alex'],
      { says: 'the step find does not wait for an approval', hint: 'load waits for an approval' },
    ],
    [
      'what has not begun',
      () => ['approve', id, 'verify', '--by', 'alex'],
      { says: 'the step verify has not begun', hint: 'load waits' },
    ],
    ['what is not in the plan', () => ['approve', id, 'laod', '--by', 'alex'], { says: '"laod"', hint: 'load waits' }],
    [
      'no, without a reason',
      () => ['approve', id, 'load', '--by', 'alex', '--reject'],
      { says: 'a rejection needs a reason', hint: '--reason' },
    ],
    [
      'a decision that nobody asked for',
      () => ['decide', id, 'load', 'done', '--reason', 'x'],
      { says: 'the step load does not wait for a decision', hint: 'load waits for an approval' },
    ],
  ])('an answer is refused: %s', async (_what, args, refusal) => {
    await refused(args(), { exit: 2, code: 'USAGE', ...refusal });
  });

  test('Ctrl-C pauses it, nothing was loaded, and it goes on to the end', async () => {
    const stopped = await recovery.end('SIGINT');
    expect(stopped.code).toBe(12);
    expect(documentOf(stopped)).toMatchObject({
      status: 'paused',
      error: { code: 'RUN_PAUSED', hint: expect.stringContaining(`--resume ${id}`) },
    });
    expect(await companies()).toBe(before - 6);
    const again = await world.lifeboat.start(['recover', '--resume', id, '--plan', world.plan, '--json']);
    await again.line(/lifeboat approve/);
    expect(await run(['approve', id, 'load', '--by', 'alex'])).toMatchObject({ code: 0 });
    const finished = await again.finished;
    expect({ code: finished.code, ...documentOf(finished) }).toMatchObject({
      code: 0,
      status: 'succeeded',
      open_obligations: [],
    });
    expect(await companies()).toBe(before - 3);
    expect(await canLogIn('analyst')).toBe(true);
  }, 60_000);

  test('its evidence is whole until a byte, a line or the end of it changes', async () => {
    const out = join(world.folder.path, 'evidence.ndjson');
    expect(await run(['evidence', 'export', id, '--out', out])).toMatchObject({ code: 0 });
    const good = readFileSync(out);
    expect(await run(['evidence', 'verify', out])).toMatchObject({ code: 0 });
    const lines = good.toString().split('\n');
    const byte = Buffer.from(good);
    byte[Math.floor(byte.length / 2)] = (byte[Math.floor(byte.length / 2)] ?? 0) ^ 1;
    for (const bad of [
      byte,
      lines.toSpliced(3, 1).join('\n'),
      lines.slice(0, -2).join('\n'),
      lines.slice(0, 4).join('\n'),
    ]) {
      writeFileSync(out, bad);
      await refused(['evidence', 'verify', out], {
        exit: 40,
        code: 'EVIDENCE_INVALID',
        says: /evidence\.ndjson is not whole: line \d+: \S/,
        hint: 'Do not rely on it',
      });
    }
  });
});

test('every run that began is over or can be resumed', async () => {
  const { runs } = documentOf(await run(['runs'])) as { runs: { status: string }[] };
  expect(runs.filter(({ status }) => !['succeeded', 'failed', 'canceled', 'paused'].includes(status))).toEqual([]);
});
