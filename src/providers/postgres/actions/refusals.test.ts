import { describe, expect, test } from 'vitest';
import type { Action, ActionContext } from '../../../actions/action.ts';
import { fakeClock } from '../../../lib/clock.fake.ts';
import type { Json } from '../../../lib/json.ts';
import { FAKE_DELETION, type FakeWorld, fakePostgres } from '../client.fake.ts';
import type { PostgresClient } from '../client-api.ts';
import { blockRole } from './block-role.ts';
import { confirmLost } from './confirm-lost.ts';
import { findDeletion } from './find-deletion.ts';
import { loadRows } from './load-rows.ts';
import { restoreServer } from './restore-server.ts';
import { restoreSide } from './restore-side.ts';
import { unblockRole } from './unblock-role.ts';
import { verifyServer } from './verify-server.ts';

/** What an action must not do, and what it says instead. */
function trial(change: (world: FakeWorld) => void = () => undefined, notes: Json[] = []) {
  const { client, world } = fakePostgres(change);
  const ctx: ActionContext<PostgresClient> = {
    client,
    key: 'run-1/step',
    signal: new AbortController().signal,
    clock: fakeClock(),
    log: () => undefined,
    note: async (fact) => void notes.push(fact),
    notes,
  };
  const run = <In, Out>(action: Action<PostgresClient, In, Out>, input: object) =>
    action.run(ctx, action.input.parse({ component: 'database', ...input }));
  return { ctx, world, run };
}

describe('block_role refuses', () => {
  test.each([
    ['the role of the application', 'app', 'TARGET_FAILED'],
    ['the role Lifeboat connects as', 'lifeboat', 'TARGET_FAILED'],
    ['a role that does not exist', 'nobody', 'TARGET_FAILED'],
  ])('%s, when looking and when acting', async (_, role, code) => {
    const { ctx, run, world } = trial();
    await expect(blockRole.observe(ctx, { component: 'database', role })).rejects.toMatchObject({ code });
    await expect(run(blockRole, { role })).rejects.toMatchObject({ code });
    expect(world.writes).toBe(0);
  });

  test('to unblock, when undone, a role that somebody else had blocked before', async () => {
    const { ctx, world, run } = trial(({ roles }) => {
      roles.set('analyst', { canLogin: false, superuser: false, sessions: 1, ours: false });
    });
    const input = { component: 'database', role: 'analyst' };
    const output = await run(blockRole, input);
    expect(output).toEqual({ role: 'analyst', sessions_ended: 1, already_blocked: true });
    if (typeof blockRole.undo === 'function') await blockRole.undo(ctx, input, output);
    expect(world.roles.get('analyst')?.canLogin).toBe(false);
  });

  test('to call it done while sessions that were told to end are still there', async () => {
    const notes = [{ could_login: true, sessions: 2 }];
    const { ctx } = trial(({ roles }) => {
      roles.set('analyst', { canLogin: false, superuser: false, sessions: 1, ours: false });
    }, notes);
    expect(await blockRole.observe(ctx, { component: 'database', role: 'analyst' })).toEqual({ state: 'running' });
  });
});

test('unblock_role refuses a role that is gone', async () => {
  await expect(trial().run(unblockRole, { role: 'nobody' })).rejects.toMatchObject({ code: 'TARGET_FAILED' });
});

describe('find_deletion', () => {
  test('says that nothing was deleted', async () => {
    const { run } = trial((world) => {
      world.deletions = [];
    });
    await expect(run(findDeletion, {})).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });

  test('does not guess between two', async () => {
    const { run } = trial((world) => {
      world.deletions = [FAKE_DELETION, { ...FAKE_DELETION, xid: 732, rows: 4 }];
    });
    await expect(run(findDeletion, {})).rejects.toMatchObject({ code: 'TARGET_AMBIGUOUS' });
    expect(await run(findDeletion, { at_least: 5 })).toMatchObject({ xid: 731 });
    expect(await run(findDeletion, { xid: 732 })).toMatchObject({ xid: 732, rows: 4 });
  });

  test.each([{ within: 'soon' }, { at_least: 0 }, { xid: -1 }])('does not take %o', (input) => {
    expect(findDeletion.input.safeParse({ component: 'database', ...input }).success).toBe(false);
  });
});

describe('restore_side takes exactly one moment', () => {
  test.each([
    [{}, false],
    [{ latest: true }, true],
    [{ before_xid: 5 }, true],
    [{ before_xid: 5, commit_lsn: '0/1' }, true],
    [{ before_xid: 5, at_lsn: '0/1' }, false],
    [{ at_time: '2026-01-14T03:00:00+01:00' }, true],
    [{ at_time: '2026-01-14T03:00:00' }, false],
    [{ latest: false }, false],
    [{ at_lsn: 'nonsense' }, false],
  ])('%o: %s', (input, fine) => {
    expect(restoreSide.input.safeParse({ component: 'database', ...input }).success).toBe(fine);
  });
});

describe('load_rows after a crash', () => {
  const output = { inserted: 1, already_there: 0, conflicting: 0, tables: [] };
  const noted = [{ receipt: { system: '1/1', xid: '1000' }, output }];
  /** What a build noted that knew nothing of changed rows. */
  const now = { ...output, restored: 0, unchanged: 0, conflicts: [], notes: [] };
  const input = loadRows.input.parse({ component: 'database', salvage: 'salvage-1' });

  test('asks a person when the server has forgotten the transaction', async () => {
    const seen = await loadRows.observe(trial(undefined, noted).ctx, input);
    expect(seen).toMatchObject({ state: 'unknown', why: expect.stringContaining('1000') });
  });

  test('waits while the transaction is still open', async () => {
    const { ctx } = trial(undefined, noted);
    const open = { ...ctx, client: { ...ctx.client, outcome: async () => 'in progress' as const } };
    expect(await loadRows.observe(open, input)).toEqual({ state: 'running' });
  });

  test('is absent when it was rolled back, and done when it was committed', async () => {
    const aborted = trial(({ transactions }) => transactions.set('1000', 'aborted'), noted);
    expect(await loadRows.observe(aborted.ctx, input)).toEqual({ state: 'absent' });
    const committed = trial(({ transactions }) => transactions.set('1000', 'committed'), noted);
    expect(await loadRows.observe(committed.ctx, input)).toEqual({ state: 'done', output: now });
    expect(await committed.run(loadRows, input)).toEqual(now);
    expect(committed.world.writes).toBe(0);
  });
});

test('confirm_lost refuses a server that answers', async () => {
  await expect(trial().run(confirmLost, {})).rejects.toMatchObject({ code: 'TARGET_HEALTHY' });
});

test('restore_server refuses a data folder that holds something', async () => {
  const { run, world } = trial();
  await expect(run(restoreServer, {})).rejects.toMatchObject({ code: 'TARGET_NOT_EMPTY' });
  expect(world.writes).toBe(0);
  expect(restoreServer.input.safeParse({ component: 'database', to: 'yesterday' }).success).toBe(false);
});

test('verify_server is not satisfied with a database that has no table', async () => {
  const { ctx } = trial();
  const proofs = await verifyServer.verify(ctx, { component: 'database' }, { tables: 0, rows: 0, checks: [] });
  expect(proofs.some(({ held }) => !held)).toBe(true);
});
