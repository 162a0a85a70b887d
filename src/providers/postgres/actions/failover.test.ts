import { describe, expect, test } from 'vitest';
import type { Action, ActionContext } from '../../../actions/action.ts';
import { fakeClock } from '../../../lib/clock.fake.ts';
import type { Json } from '../../../lib/json.ts';
import { type FakeWorld, fakePostgres } from '../client.fake.ts';
import type { PostgresClient } from '../client-api.ts';
import type { View } from '../failover/views.ts';
import { checkLag } from './check-lag.ts';
import { fence } from './fence.ts';
import { judgePrimary } from './judge-primary.ts';
import { promote } from './promote.ts';

/* What the actions of a failover refuse, and what they say. */
function trial(change: (world: FakeWorld) => void = () => undefined, notes: Json[] = []) {
  const { client, world } = fakePostgres(change);
  const log: string[] = [];
  const ctx: ActionContext<PostgresClient> = {
    client,
    key: 'run-1/step',
    signal: new AbortController().signal,
    clock: fakeClock(),
    log: (line) => void log.push(line),
    note: async (fact) => void notes.push(fact),
    notes,
  };
  const run = <In, Out>(action: Action<PostgresClient, In, Out>, input: object) =>
    action.run(ctx, action.input.parse({ component: 'database', ...input }));
  return { ctx, world, log, notes, run };
}

const view = (from: string, sight: View['sight']): View => ({
  from,
  kind: from === 'us' ? 'us' : 'replica',
  sight,
  how: sight,
});

describe('judge_primary', () => {
  test('says when it went and what was seen, after so many looks', async () => {
    const { run } = trial();
    expect(await run(judgePrimary, { misses: 4, every: '250ms' })).toMatchObject({
      verdict: 'down',
      looks: 4,
      seen: [{ from: 'us' }, { from: 'replica' }],
    });
  });

  test.each([
    ['up', [view('us', 'alive'), view('replica', 'gone')], 'TARGET_HEALTHY', /database is up/],
    ['cut off', [view('us', 'gone'), view('replica', 'alive')], 'TARGET_HEALTHY', /only this machine/],
    ['missed by us alone', [view('us', 'gone'), view('replica', 'blind')], 'NOT_JUDGED', /could not be told within 1m/],
    ['quiet', [view('us', 'gone'), view('replica', 'quiet')], 'NOT_JUDGED', /replica: quiet/],
    ['our name service is down', [view('us', 'blind'), view('replica', 'gone')], 'NOT_JUDGED', /us: blind/],
  ])('goes no further when it is %s', async (_, views, code, message) => {
    const { run } = trial(({ failover }) => {
      failover.views = views;
    });
    const judged = run(judgePrimary, {});
    await expect(judged).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test.each([
    [{ name: 'x' }],
    [{ name: 'x', url: 'https://example.com/', command: 'true' }],
    [{ name: 'x', url: 'ftp://example.com/' }],
    [{ name: 'x', command: '' }],
  ])('does not take the place %o', (place) => {
    expect(judgePrimary.input.safeParse({ component: 'database', also_from: [place] }).success).toBe(false);
  });
});

describe('check_lag', () => {
  const lost = { known_from: 'clock', seconds: 400 } as const;
  const withLoss = (maximum: number | undefined) => (world: FakeWorld) => {
    world.failover.loss = lost;
    world.failover.maximumLoss = maximum;
  };

  test('refuses a loss beyond the objective, and says what it knows', async () => {
    const refused = trial(withLoss(300_000)).run(checkLag, { replicas: ['replica'] });
    await expect(refused).rejects.toMatchObject({
      code: 'LOSS_TOO_GREAT',
      message:
        'with replica as primary more may be lost than 5m: 400.0s (at most, from its last commit on; nobody knows how far the primary came)',
    });
  });

  test('a person may allow more, and what is promised nowhere is not judged', async () => {
    const allowed = await trial(withLoss(300_000)).run(checkLag, { replicas: ['replica'], at_most: '10m' });
    expect(allowed).toMatchObject({ replica: 'replica', loss_seconds: 400, known_from: 'clock' });
    expect(await trial(withLoss(undefined)).run(checkLag, { replicas: ['replica'] })).toMatchObject({
      loss_seconds: 400,
    });
  });

  test('says what is wrong with replicas', async () => {
    const { run, log } = trial();
    await run(checkLag, { replicas: ['replica'] });
    expect(log).toContain('replica: no slot keeps its log');
    expect(log).toContain('other cannot be asked: no answer');
  });

  test('is not satisfied when the replica has gone back', async () => {
    const { run, ctx, world } = trial();
    const input = checkLag.input.parse({ component: 'database', replicas: ['replica'] });
    const output = await run(checkLag, input);
    world.failover.replica = { ...world.failover.replica, received: '0/3000000' };
    expect(await checkLag.verify(ctx, input, output)).toMatchObject([{ held: false, observed: '0/3000000' }]);
  });
});

describe('fence', () => {
  test.each([
    [{ by: 'refuse_logins' }, true],
    [{ by: 'refuse_logins', close: 'true' }, false],
    [{ by: 'command' }, false],
    [{ by: 'command', close: 'true' }, false],
    [{ by: 'command', close: 'true', proof: 'true' }, true],
    [{ by: 'stop_server', open: 'true' }, false],
    [{ by: 'hope' }, false],
  ])('%o: %s', (input, fine) => {
    expect(fence.input.safeParse({ component: 'database', ...input }).success).toBe(fine);
  });

  test('what somebody else has closed is closed, and is not opened again', async () => {
    const { ctx, world } = trial(({ failover }) => {
      failover.closedBy = 'run-0/fence';
    });
    const input = fence.input.parse({ component: 'database', by: 'stop_server' });
    const seen = await fence.observe(ctx, input);
    expect(seen).toMatchObject({ state: 'done', output: { already_closed: true } });
    if (seen.state === 'done' && typeof fence.undo === 'function') await fence.undo(ctx, input, seen.output);
    expect([world.failover.closedBy, world.writes]).toEqual(['run-0/fence', 0]);
  });

  test('says beforehand that a command without its counterpart cannot be taken back', () => {
    const input = fence.input.parse({ component: 'database', by: 'command', close: 'true', proof: 'true' });
    expect(fence.cannotUndo?.(input)).toMatch(/no command that opens it/);
  });
});

describe('promote', () => {
  const input = { component: 'replica', of: 'database' };

  test('refuses while the old primary takes writes, and touches nothing', async () => {
    const { run, world, notes } = trial(({ failover }) => {
      failover.old.takesWrites = true;
      failover.old.how = 'a commit was accepted';
    });
    await expect(run(promote, input)).rejects.toMatchObject({
      code: 'TARGET_HEALTHY',
      message: expect.stringContaining('would make two primaries'),
    });
    expect([world.writes, notes]).toEqual([0, []]);
  });

  test('refuses a server that is a primary already, and tells after a crash that it cannot know', async () => {
    const primary = (world: FakeWorld) => {
      world.failover.replica = { ...world.failover.replica, inRecovery: false, timeline: 5 };
    };
    const { run, ctx } = trial(primary);
    await expect(run(promote, input)).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    expect(await promote.observe(ctx, promote.input.parse(input))).toMatchObject({ state: 'unknown' });
    const other = trial(primary, [{ promoting: '9', timeline: 4 }]);
    expect(await promote.observe(other.ctx, promote.input.parse(input))).toMatchObject({ state: 'unknown' });
    await expect(other.run(promote, input)).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });

  test('finds its own work after a crash', async () => {
    const { ctx } = trial(
      (world) => {
        world.failover.replica = { ...world.failover.replica, inRecovery: false, timeline: 5 };
      },
      [{ promoting: '7', timeline: 4 }],
    );
    const seen = await promote.observe(ctx, promote.input.parse(input));
    expect(seen).toMatchObject({ state: 'done', output: { timeline: 5, old_timeline: 4 } });
  });

  test('is not satisfied with a server that is a primary and accepts no writes', async () => {
    const { run, ctx, world } = trial();
    const output = await run(promote, input);
    world.failover.writable = false;
    const proofs = await promote.verify(ctx, promote.input.parse(input), output);
    expect(proofs.map(({ held }) => held)).toEqual([true, false]);
  });
});
