import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { parseLsn } from '../../src/model/lsn.ts';
import type { BackupManifest, BackupRepository } from '../../src/model/repository.ts';
import { takeBaseBackup } from '../../src/providers/postgres/stream/base-backup.ts';
import { openReplication } from '../../src/providers/postgres/stream/replication.ts';
import { BINARIES, freePort, PASSWORD, startServer, type TestServer } from './postgres-stream-server.ts';
import { type TestRepository, testRepository } from './postgres-stream-world.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
let server: TestServer;
let repo: TestRepository;

beforeAll(async () => {
  server = await startServer({}, ['--data-checksums']);
  await server.sql('CREATE TABLE goods AS SELECT g AS id, md5(g::text) AS name FROM generate_series(1, 50000) g');
}, 60_000);
afterAll(() => server?.remove());

const common = () => ({ connection: server.uri, component: 'orders-db', signal: never, clock: systemClock });

describe('connecting', () => {
  const failing = (connection: string) =>
    openReplication({ connection, component: 'orders-db', signal: never, connectTimeout: 2000 }).catch((e) => e);

  test('a wrong password is denied, and no password is ever in the message', async () => {
    const error = await failing(server.uri.replace(PASSWORD, 'wr0ng-pa55word'));
    expect(error).toMatchObject({ code: 'TARGET_DENIED' });
    expect(`${error.message} ${error.hint}`).not.toContain('wr0ng-pa55word');
  });
  test('no password at all is denied', async () =>
    expect(await failing(server.uri.replace(`:${PASSWORD}`, ''))).toMatchObject({ code: 'TARGET_DENIED' }));
  test('a role without the right to replicate is denied', async () => {
    await server.sql(`CREATE ROLE clerk LOGIN PASSWORD '${PASSWORD}'`);
    const error = await failing(server.uri.replace('//postgres:', '//clerk:'));
    expect(error).toMatchObject({ code: 'TARGET_DENIED' });
  });
  test('nobody on that port is unreachable', async () =>
    expect(await failing(`postgres://postgres@127.0.0.1:${await freePort()}/x`)).toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining('orders-db'),
    }));
  test('an unknown host is unreachable', async () =>
    expect(await failing('postgres://postgres@no-such-host.invalid/x')).toMatchObject({ code: 'TARGET_UNREACHABLE' }));
  test('a server without TLS is told when TLS is asked for', async () =>
    expect(await failing(`${server.uri}?sslmode=verify-full`)).toMatchObject({ code: 'TARGET_FAILED' }));
  test('text that is no connection is refused without repeating it', async () => {
    const error = await failing('postgres://u:s3cret@host:notaport/x');
    expect(error).toMatchObject({ code: 'PLAN_INVALID' });
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain('s3cret');
  });
});

describe('slots', () => {
  test('made twice, read, dropped twice', async () => {
    const replication = await openReplication(common());
    expect(await replication.readSlot('lifeboat_tmp')).toBeUndefined();
    await replication.createSlot('lifeboat_tmp');
    await replication.createSlot('lifeboat_tmp');
    expect((await replication.readSlot('lifeboat_tmp'))?.restart?.timeline).toBe(1);
    await replication.dropSlot('lifeboat_tmp');
    await replication.dropSlot('lifeboat_tmp');
    expect(await replication.readSlot('lifeboat_tmp')).toBeUndefined();
    await replication.close();
  });
});

describe('base backup', () => {
  beforeAll(async () => {
    repo = await testRepository();
  });
  afterAll(() => repo.remove());
  afterEach(async () => {
    for (const backup of await repo.repository.backups('orders-db')) await repo.repository.remove(backup);
  });

  test('is whole for pg_verifybackup, with a tablespace, and makes the slot', async () => {
    const space = join(server.folder, 'space');
    await mkdir(space);
    await run('chown', ['postgres:', space]);
    await server.sql(`CREATE TABLESPACE fast LOCATION '${space}'`);
    await server.sql('CREATE TABLE hot TABLESPACE fast AS SELECT generate_series(1, 1000) AS id');
    let progress = 0;
    const manifest = await takeBaseBackup({
      ...common(),
      repository: repo.repository,
      id: 'b1',
      key: 'run-1/backup',
      slot: true,
      onProgress: (received) => {
        progress = received;
      },
    });
    const [{ oid } = { oid: 0 }] = await server.sql<{ oid: number }>(
      "SELECT oid::int FROM pg_tablespace WHERE spcname = 'fast'",
    );
    expect(manifest.parts.map((part) => part.name)).toEqual([`${oid}.tar`, 'base.tar', 'backup_manifest']);
    const version = (await server.sql('SHOW server_version'))[0]?.server_version.split(' ')[0];
    expect(manifest.facts).toMatchObject({
      timeline: 1,
      major: Number.parseInt(version, 10),
      segmentBytes: 16 << 20,
      dataChecksums: true,
      tablespaces: [{ oid, location: space }],
      serverVersion: version,
      system: (await server.sql('SELECT system_identifier::text AS s FROM pg_control_system()'))[0]?.s,
    });
    const { startLsn, endLsn } = manifest.facts as { startLsn: string; endLsn: string };
    expect(parseLsn(endLsn)).toBeGreaterThan(parseLsn(startLsn));
    expect(progress).toBe(manifest.parts.reduce((sum, part) => sum + part.plainBytes, 0));
    const [slot] = await server.sql(
      "SELECT restart_lsn::text AS l FROM pg_replication_slots WHERE slot_name = 'lifeboat_orders_db'",
    );
    expect(parseLsn(slot?.l)).toBeLessThanOrEqual(parseLsn(startLsn));
    expect((await repo.repository.backups('orders-db')).map((backup) => backup.key)).toEqual(['run-1/backup']);
    await verify(repo.repository, manifest, oid);
  });

  test('an abort in the middle leaves nothing', async () => {
    const stop = new AbortController();
    const taking = takeBaseBackup({
      ...common(),
      signal: stop.signal,
      repository: repo.repository,
      id: 'b2',
      onProgress: () => stop.abort(new Error('stopped by hand')),
    });
    await expect(taking).rejects.toThrow('stopped by hand');
    expect(await repo.repository.backups('orders-db')).toEqual([]);
  });

  test('a backend that is ended in the middle leaves nothing', async () => {
    let ended: Promise<unknown> | undefined;
    const taking = takeBaseBackup({
      ...common(),
      repository: slowly(repo.repository),
      id: 'b3',
      onProgress: () => {
        ended ??= server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'walsender'");
      },
    });
    await expect(taking).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
    await ended;
    expect(await repo.repository.backups('orders-db')).toEqual([]);
  });

  test('a repository that cannot write stops it, with the reason of the repository', async () => {
    const full = failing(repo.repository, 20);
    const taking = takeBaseBackup({ ...common(), repository: full, id: 'b4' });
    await expect(taking).rejects.toThrow('no room');
    expect(await repo.repository.backups('orders-db')).toEqual([]);
  });

  test('a slow repository makes the server wait instead of filling the memory', async () => {
    let most = 0;
    let received = 0;
    let written = 0;
    const manifest = await takeBaseBackup({
      ...common(),
      repository: slowly(repo.repository, (bytes) => {
        written += bytes;
        most = Math.max(most, received - written);
      }),
      id: 'b5',
      onProgress: (bytes) => {
        received = bytes;
      },
    });
    expect(most).toBeLessThan(20 << 20);
    expect((await repo.repository.check(manifest)).whole).toBe(true);
  });
});

/** Unpacks the backup and lets PostgreSQL's own tool judge it, files, checksums and log. */
async function verify(repository: BackupRepository, manifest: BackupManifest, space: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lbverify-'));
  try {
    for (const part of manifest.parts) {
      await writeFile(join(folder, part.name), repository.read(manifest, part.name));
    }
    const data = join(folder, 'data');
    await mkdir(join(data), { recursive: true });
    await run('tar', ['xf', join(folder, 'base.tar'), '-C', data]);
    await mkdir(join(data, 'pg_tblspc', String(space)), { recursive: true });
    await run('tar', ['xf', join(folder, `${space}.tar`), '-C', join(data, 'pg_tblspc', String(space))]);
    await run('cp', [join(folder, 'backup_manifest'), data]);
    const { stdout } = await run(join(BINARIES, 'pg_verifybackup'), [data]);
    expect(stdout).toContain('successfully verified');
    expect((await buffer(createReadStream(join(data, 'backup_label')))).toString()).toContain('LABEL: lifeboat');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Wrap = (write: (bytes: Uint8Array) => Promise<void>) => (bytes: Uint8Array) => Promise<void>;

function wrapped(repository: BackupRepository, wrap: Wrap): BackupRepository {
  return {
    ...repository,
    begin: async (backup) => {
      const writer = await repository.begin(backup);
      return {
        ...writer,
        part: async (name) => {
          const part = await writer.part(name);
          return { ...part, write: wrap((bytes) => part.write(bytes)) };
        },
      };
    },
  };
}

const slowly = (repository: BackupRepository, seen: (bytes: number) => void = () => undefined) =>
  wrapped(repository, (write) => async (bytes) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await write(bytes);
    seen(bytes.length);
  });

function failing(repository: BackupRepository, after: number): BackupRepository {
  let left = after;
  return wrapped(repository, (write) => async (bytes) => {
    left -= 1;
    if (left <= 0) throw new Error('no room');
    await write(bytes);
  });
}
