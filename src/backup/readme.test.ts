import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { generateIdentity } from './crypt.ts';
import { openFolderStore } from './folder-store.ts';
import { takeBackup, testClock } from './repository.fake.ts';
import { createRepository, openRepository } from './repository.ts';

const SEGMENT = 64 * 1024;
const MIB = 1024 * 1024;
const programs = ['bash', 'age', 'zstd', 'tar'].every((name) => spawnSync(name, ['--version']).error === undefined);
// Made only when the test runs: with all tests skipped, vitest would not call what clears it away.
const scratch = programs ? await mkdtemp(join(tmpdir(), 'lifeboat-readme-')) : tmpdir();
afterAll(() => (programs ? rm(scratch, { recursive: true, force: true }) : undefined));

/** The commands of the page, in order, with what it tells the reader to fill in filled in. */
function commands(page: string, filled: Readonly<Record<string, string>>): string {
  const lines = page.split('\n').filter((line) => /^ {4}\S|^ {6}\S/.test(line));
  const script = lines.map((line) => line.slice(4)).join('\n');
  return Object.entries(filled).reduce((text, [name, value]) => {
    const given = new RegExp(`^${name}=\\S+$`, 'm');
    expect(text).toMatch(given);
    return text.replace(given, () => `${name}='${value}'`);
  }, script);
}

describe.skipIf(!programs)('the page in the repository (needs bash, age, zstd and tar)', () => {
  const made = {
    repository: join(scratch, 'repository'),
    data: join(scratch, 'new data'),
    key: join(scratch, 'key.txt'),
  };
  const log = randomBytes(5 * SEGMENT);
  const from = 0x2_0000_0000 - 2 * SEGMENT;
  const big = randomBytes(MIB);

  async function fill(): Promise<void> {
    const clock = testClock();
    const { identity, recipient } = await generateIdentity();
    await writeFile(made.key, `${identity}\n`, { mode: 0o600 });
    const store = openFolderStore(made.repository);
    await createRepository(store, { recipients: [recipient], id: 'repository-1', now: clock.now() });
    const repository = await openRepository(store, { recipients: [], clock, objectBytes: 100_000 });
    const source = join(scratch, 'source');
    await mkdir(join(source, 'pg_wal'), { recursive: true });
    await writeFile(join(source, 'PG_VERSION'), '15\n');
    await writeFile(join(source, 'big'), big);
    const tar = execFileSync('tar', ['-c', '-C', source, '.'], { maxBuffer: 64 * MIB });
    await takeBackup(repository, { 'base.tar': tar, backup_manifest: '{}' }, { key: 'run-1/backup', id: 'b1' });
    const put = (start: number, end: number) =>
      repository.putLog({
        component: 'database',
        system: '73',
        timeline: 1,
        from: BigInt(from + start),
        bytes: log.subarray(start, end),
      });
    await put(0, SEGMENT);
    await put(SEGMENT, SEGMENT + 1000);
    await put(SEGMENT + 500, 3 * SEGMENT + 20);
    await put(3 * SEGMENT + 20, 4 * SEGMENT + 33);
    await repository.putTimelineHistory('database', '73', 2, '1\t1/FFFFFFFF\treason\n');
  }

  const run = (script: string): string =>
    execFileSync('bash', ['-c', script], { cwd: made.repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  test('is enough to restore files and log, byte for byte, and finds damage', async () => {
    await fill();
    const script = commands(await readFile(join(made.repository, 'README.txt'), 'utf8'), {
      KEY: made.key,
      BACKUP: 'components/database/backups/b1',
      DATA: made.data,
      WAL: 'components/database/wal/73',
      SEGMENT: String(SEGMENT),
    });
    run(script);
    expect((await readFile(join(made.data, 'big'))).equals(big)).toBe(true);
    expect((await stat(made.data)).mode & 0o777).toBe(0o700);
    const segments = (await readdir(join(made.data, 'pg_wal'))).sort();
    expect(segments).toEqual([
      '00000001000000010000FFFE',
      '00000001000000010000FFFF',
      '000000010000000200000000',
      '000000010000000200000001',
      '000000010000000200000002',
      '00000002.history',
    ]);
    const laid = await Promise.all(segments.slice(0, 5).map((name) => readFile(join(made.data, 'pg_wal', name))));
    const bytes = Buffer.concat(laid);
    expect(bytes.subarray(0, 4 * SEGMENT + 33).equals(log.subarray(0, 4 * SEGMENT + 33))).toBe(true);
    expect(bytes).toHaveLength(5 * SEGMENT);
    expect(bytes.subarray(4 * SEGMENT + 33).every((byte) => byte === 0)).toBe(true);
    expect(await readFile(join(made.data, 'postgresql.auto.conf'), 'utf8')).toBe("restore_command = 'false'\n");

    const folder = join(made.repository, 'components/database/backups/b1');
    const victim = join(folder, (await readdir(folder)).find((name) => name.startsWith('base.tar.000002')) ?? '');
    await writeFile(victim, (await readFile(victim)).fill(0, 5000, 5001));
    expect(() => run(script)).toThrow('DAMAGED: components/database/backups/b1/base.tar.000002');
  });
});
