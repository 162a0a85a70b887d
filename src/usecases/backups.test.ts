import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { minutes } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import { listPoints } from './list-points.ts';
import { requirePlan } from './load-plan.ts';
import { repositoryOf } from './open-world.ts';
import { restoreSide } from './restore-side.ts';
import type { StreamProgress } from './services.ts';
import { streamLog } from './stream-log.ts';
import { takeBackup } from './take-backup.ts';
import { makeRig, PASSWORD, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const { signal } = new AbortController();

function request() {
  const lines: string[] = [];
  return { lines, signal, log: (line: string) => void lines.push(line) };
}

/** A dump whose run each test brings along. */
const aDump = () => ({
  summary: 'Dump it.',
  danger: 'add' as const,
  timeout: minutes(5),
  input: z.strictObject({ component: z.string() }),
  output: z.strictObject({ backup: z.string() }),
  permissions: () => [],
  observe: async () => ({ state: 'absent' as const }),
  preview: () => ({ danger: 'add' as const, changes: [] }),
  verify: async () => [],
  undo: { impossible: 'a dump does no harm' },
});

describe('taking backups', () => {
  test('takes what the plan names and says where it is', async () => {
    const result = await takeBackup(request(), rig.services());
    expect(result.repository).toBe(rig.repositoryFolder);
    expect(result.taken).toMatchObject([
      { component: 'database', method: 'postgres.base_backup', backup: 'copy-of-database' },
    ]);
    expect(rig.world.writes).toEqual(['copy database']);
  });

  test('shows no secret while it works', async () => {
    const asked = request();
    const services = rig.services();
    services.secret('env:DATABASE_URL');
    await takeBackup(asked, services);
    expect(asked.lines.join('\n')).toContain('copying with [redacted]');
    expect(asked.lines.join('\n')).not.toContain(PASSWORD);
  });

  test('is no success when the copy cannot be proven', async () => {
    rig.world.effects.set('rot', {});
    await expect(takeBackup(request(), rig.services())).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' });
  });

  describe('when the second method fails', () => {
    const dump = { ...aDump(), name: 'postgres.dump' as const };
    const both = (run: () => Promise<never>) => {
      rig.edit((plan) => plan.replace('backups:\n', 'backups:\n      - { method: postgres.dump, every: 1h }\n'));
      const services = rig.services();
      const actions = services.openActions(undefined as never);
      const find = (name: string) =>
        name === dump.name ? { action: { ...dump, run }, client: rig.world } : actions.find(name);
      return rig.services({ openActions: () => ({ find }) as typeof actions });
    };

    test('says what was taken, and what was not', async () => {
      const denied = () => Promise.reject(new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.'));
      const result = await takeBackup(request(), both(denied));
      expect(result.taken.map(({ method, backup }) => `${method} ${backup}`)).toEqual([
        'postgres.base_backup copy-of-database',
      ]);
      expect(result.error).toEqual({
        code: 'TARGET_DENIED',
        message: 'database: postgres.dump was not taken: no entry',
        hint: 'Ask for a key. Taken before it, and valid: postgres.base_backup copy-of-database of database.',
      });
    });

    test('because somebody pressed Ctrl-C, it is no fault of ours', async () => {
      const stop = new AbortController();
      const stopped = () => {
        stop.abort(new Error('stopped'));
        return Promise.reject(stop.signal.reason);
      };
      const result = await takeBackup({ ...request(), signal: stop.signal }, both(stopped));
      expect(result).toMatchObject({ error: { code: 'INTERRUPTED' }, taken: [{ backup: 'copy-of-database' }] });
    });
  });

  test.each([
    ['a component there is not', { component: 'databse' }, 'Did you mean "database"?'],
    ['a method the plan does not name', { method: 'dump' }, 'Add it under components.<name>.backups'],
    ['a method there is not', { method: 'photograph' }, 'One of: postgres.base_backup, postgres.dump'],
    ['the stream, which is no single backup', { method: 'wal_stream' }, 'lifeboat backup --stream'],
  ])('refuses %s', async (_what, over, hint) => {
    const taking = takeBackup({ ...request(), ...over }, rig.services());
    await expect(taking).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining(hint) });
  });

  test('needs the repository', async () => {
    rig.edit((plan) => plan.replace('/repository"', '/elsewhere"'));
    await expect(takeBackup(request(), rig.services())).rejects.toMatchObject({ code: 'REPOSITORY_MISSING' });
    expect(rig.world.writes).toEqual([]);
  });
});

describe('streaming the log', () => {
  test('needs a component that has one', async () => {
    await expect(streamLog(request(), rig.services())).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('says how far it is, what interrupted it, and how far it came', async () => {
    rig.edit((plan) => plan.replace('backups:\n', 'backups:\n      - { method: postgres.wal_stream }\n'));
    const asked = request();
    const result = await streamLog(asked, rig.services());
    expect(asked.lines).toEqual([
      'streaming: kept up to 0/3000028, 8 bytes behind',
      'interrupted: the server went away; next try at 2026-01-14T03:00:00.000Z',
      'streaming: kept up to 0/3000030, 0 bytes behind',
    ]);
    expect(result).toEqual({ component: 'database', repository: rig.repositoryFolder, flushed: '0/3000030' });
  });
});

describe('what is said of a stream', () => {
  const connected = { state: 'connected', standby: 'lifeboat_database', waitsForUs: false, slotLimit: '10GB' } as const;
  const at = new Date(0);
  const said = async (policy: string, told: readonly StreamProgress[]) => {
    rig.edit((plan) => plan.replace('backups:\n', `backups:\n      - ${policy}\n`));
    const asked = request();
    const streaming = async (_world: unknown, { onProgress }: { onProgress(progress: StreamProgress): void }) =>
      told.forEach(onProgress);
    const result = await streamLog(asked, { ...rig.services(), streamLog: streaming });
    return { lines: asked.lines, flushed: result.flushed };
  };

  test('nothing, when the server is set up as the plan says', async () => {
    const { lines } = await said('{ method: postgres.wal_stream }', [connected]);
    expect(lines).toEqual([]);
  });

  test('that commits do not wait, once, with the statement that makes them', async () => {
    const { lines } = await said('{ method: postgres.wal_stream, synchronous: true }', [connected, connected]);
    expect(lines).toEqual([expect.stringContaining("SET synchronous_standby_names = 'lifeboat_database'")]);
  });

  test('that commits wait for a stream that is in no hurry', async () => {
    const { lines } = await said('{ method: postgres.wal_stream }', [{ ...connected, waitsForUs: true }]);
    expect(lines).toEqual([expect.stringContaining('synchronous: true')]);
  });

  test('that a dead stream would fill the disk of the server', async () => {
    const { lines } = await said('{ method: postgres.wal_stream }', [{ ...connected, slotLimit: '-1' }]);
    expect(lines).toEqual([expect.stringContaining('max_slot_wal_keep_size')]);
  });

  test('what is in the spool alone, and only what is in the repository counts as kept', async () => {
    const { lines, flushed } = await said('{ method: postgres.wal_stream, spool: { folder: /spool } }', [
      { state: 'stored', stored: 0x3000000n, at },
      { state: 'streaming', flushed: 0x3000028n, serverPosition: 0x3000028n, at },
      { state: 'not-stored', why: 'the disk is away', spooled: 40, retryAt: at },
    ]);
    expect(lines).toEqual([
      'streaming: kept up to 0/3000028, 0 bytes behind; 40 of it in the spool alone',
      'not in the repository yet: the disk is away; 40 bytes are safe in the spool, next try at 1970-01-01T00:00:00.000Z',
    ]);
    expect(flushed).toBe('0/3000000');
  });
});

describe('recovery points', () => {
  test('of an empty repository are none, and that is said by component', async () => {
    const { components } = await listPoints(request(), rig.services());
    expect(components).toEqual([{ component: 'database', points: [], ranges: [], holes: [] }]);
  });

  describe('with a backup and its log', () => {
    const from = '2026-01-14T02:00:00.000Z';
    beforeEach(async () => {
      const repository = await repositoryOf(requirePlan(rig.services()).plan, rig.services());
      const writer = await repository.begin({
        id: 'base-1',
        component: 'database',
        method: 'postgres.base_backup',
        startedAt: new Date(from),
      });
      const facts = { system: '73', timeline: 1, startLsn: '0/0', endLsn: '0/10' };
      await writer.commit(facts, new Date(from));
      await repository.putLog({ component: 'database', system: '73', timeline: 1, from: 0n, bytes: Buffer.alloc(64) });
    });
    const at = (moment: string, services = rig.services()) => listPoints({ ...request(), at: moment }, services);

    test('are one range, with what is needed to use it', async () => {
      const { components, domain, recipients } = await listPoints(request(), rig.services());
      expect(components[0]?.ranges).toMatchObject([{ from, backups: ['base-1'], timeline: 1 }]);
      expect([domain, recipients.length]).toEqual(['there', 1]);
    });

    test('a moment says what going there loses, and how', async () => {
      const { loss } = await at('2026-01-14T02:30:00Z');
      expect(loss).toEqual({
        component: 'database',
        at: '2026-01-14T02:30:00.000Z',
        seconds: 1800,
        point: 'base-1@1',
        command: 'lifeboat restore database --to 2026-01-14T02:30:00.000Z',
        counted: { transactions: 4, inserted: 1, updated: 2, deleted: 3 },
        gaps: 0,
      });
    });

    test('what cannot be counted is no reason to say nothing', async () => {
      const findInLog = () => Promise.reject(new KnownError('KEY_MISSING', 'there is no key', 'Bring one.'));
      const { loss } = await at('2026-01-14T02:30:00Z', rig.services({ findInLog }));
      expect(loss).toMatchObject({ seconds: 1800, not_counted: 'there is no key' });
    });

    test('a moment outside says what is inside', async () => {
      await expect(at('2026-01-14T01:00:00Z')).rejects.toMatchObject({
        code: 'POINT_NOT_FOUND',
        hint: expect.stringContaining(`There is: ${from} to`),
      });
    });
  });

  test.each([
    ['a moment without a zone', '2026-01-14 03:05', 'USAGE'],
    ['a point there is not', 'point-of-no-return', 'POINT_NOT_FOUND'],
  ])('%s is not restored', async (_what, to, code) => {
    const restoring = restoreSide({ ...request(), component: 'database', to }, rig.services());
    await expect(restoring).rejects.toMatchObject({ code });
  });
});
