import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnyAction, GoesBack } from '../actions/action.ts';
import { memoryRepository, takeBackup, testClock } from '../backup/repository.fake.ts';
import { dryRunText } from '../cli/dry-run-text.ts';
import { plainPaint } from '../cli/screen.ts';
import type { PlannedStep } from '../engine/dry-run.ts';
import { lookAt } from '../engine/testing/fake-world.ts';
import { fakeClock } from '../lib/clock.fake.ts';
import { KnownError } from '../model/errors.ts';
import type { BackupRepository } from '../model/repository.ts';
import { dryRunScenario } from './dry-run.ts';
import { type ForetoldLoss, foretoldLosses } from './dry-run-loss.ts';
import { requirePlan } from './load-plan.ts';
import type { Services } from './services.ts';
import { makeRig, type Rig } from './testing/rig.ts';

/* What `--dry-run` says of the loss: to which moment the run would go back now, and what would not come back. */

const NOW = '2026-01-14T04:00:00.000Z';
const SAVED = '2026-01-14T03:59:56.000Z';
const { signal } = new AbortController();
let rig: Rig;
let repository: BackupRepository;

beforeEach(async () => {
  rig = await makeRig();
  const clock = testClock('2026-01-14T03:00:00.000Z');
  ({ repository } = await memoryRepository({ clock }));
  const facts = { system: '73', timeline: 1, startLsn: '0/100', endLsn: '0/10A' };
  await takeBackup(repository, { 'base.tar': 'x' }, { id: 'b', method: 'postgres.base_backup', facts });
  clock.set(SAVED);
  await repository.putLog({
    component: 'database',
    system: '73',
    timeline: 1,
    from: 0x100n,
    bytes: Buffer.alloc(0x100),
  });
});
afterEach(() => rig.remove());

const lossOf = async (goes: Omit<GoesBack, 'component'>, more: Partial<Services> = {}, from = repository) => {
  const services = rig.services({ clock: fakeClock(new Date(NOW)), ...more });
  const { plan } = requirePlan(services);
  const step = { step: 'restore', goes_back: { component: 'database', ...goes } } as PlannedStep;
  const world = { plan, repository: from, stateFolder: rig.folder };
  const [told] = await foretoldLosses([step], { scenario: 'fire', world, services, signal });
  return told as ForetoldLoss;
};

const gone = async (): Promise<never> => {
  throw new KnownError('TARGET_UNREACHABLE', 'database does not answer', 'Look.');
};

describe('the loss that a dry run foretells', () => {
  test('of the latest moment: which it is, how old, and what only the server has', async () => {
    expect(await lossOf({ to: 'latest' })).toMatchObject({
      ...{ step: 'restore', component: 'database', to: 'latest', point: 'b@1', at: SAVED, age_seconds: 4 },
      ...{ transactions: 31, more: false, lost_seconds: 0.4, not_known: [] },
      verdict: 'within the RPO',
    });
  });

  test('of a server that is lost: how old the moment is, and that nobody knows what is gone', async () => {
    const loss = await lossOf({ to: 'latest' }, { gauge: gone });
    expect(loss).toMatchObject({
      at: SAVED,
      // No more than the time since can be lost, and that is within the promise.
      verdict: 'within the RPO',
      not_known: ['what the server has and the repository does not: database does not answer'],
    });
    expect(loss).not.toHaveProperty('transactions');
  });

  test('an old moment of a server that is lost is not within the promise, and nobody knows whether beyond it', async () => {
    const later = fakeClock(new Date('2026-01-14T09:00:00.000Z'));
    expect(await lossOf({ to: 'latest' }, { gauge: gone, clock: later })).toMatchObject({ verdict: 'not known' });
  });

  test('a server that cannot tell is not one that loses nothing', async () => {
    const blind = async () => ({ at: NOW, position: '0/3000128', bytes: 256 });
    expect(await lossOf({ to: 'latest' }, { gauge: blind })).toMatchObject({
      not_known: ['what the server has and the repository does not: the server cannot tell'],
    });
  });

  test('of an earlier moment: all that was committed since, in the log and on the server', async () => {
    const at = '2026-01-14T03:30:00.000Z';
    expect(await lossOf({ to: at })).toMatchObject({ at, age_seconds: 1800, transactions: 35, more: false });
    expect(await lossOf({ to: at }, { gauge: gone })).toMatchObject({ transactions: 4, more: true });
    expect(await lossOf({ to: at }, { findInLog: gone })).toMatchObject({
      not_known: ['what was committed since: database does not answer'],
    });
  });

  test('beside production nothing is lost', async () =>
    expect(await lossOf({ to: 'latest', beside: true })).toMatchObject({ verdict: 'nothing lost', at: SAVED }));

  test.each([
    ['a moment that an earlier step finds', {}, 'to which moment: an earlier step finds it'],
    ['a moment that is not kept', { to: '2026-01-10T00:00:00.000Z' }, 'the recovery point: no recovery point reaches'],
  ])('%s is not known', async (_, goes, why) =>
    expect(await lossOf(goes)).toMatchObject({ verdict: 'not known', not_known: [expect.stringContaining(why)] }),
  );
});

describe('a dry run', () => {
  const goesBack = { ...lookAt, name: 'fake.go_back', goesBack: () => ({ component: 'database', to: 'latest' }) };

  /** The rig with one more action, of which the plan has a step. */
  const services = (): Services => {
    const known = rig.services();
    const one = goesBack as AnyAction;
    const { find } = known.openActions(undefined as never);
    const open = (name: string) => (name === one.name ? { action: one, client: rig.world } : find(name));
    const actions = new Map([...known.actions, [one.name, one]]);
    return { ...known, actions, openActions: () => ({ find: open }) };
  };
  beforeEach(() =>
    rig.edit((plan) =>
      plan.replace(
        '      - { id: unblock',
        '      - { id: back, uses: fake.go_back, with: { thing: x }, timeout: 5m }\n      - { id: unblock',
      ),
    ),
  );
  const fire = { scenario: 'fire', set: ['cause=a candle'] };

  test('says the loss beside the step, in words and as data, and changes nothing', async () => {
    const told = await dryRunScenario(fire, services(), signal);
    expect(told.losses).toMatchObject([
      {
        step: 'back',
        verdict: expect.any(String),
        not_known: ['the recovery point: there is no recovery point at all'],
      },
    ]);
    const text = dryRunText(told, plainPaint);
    expect(text).toContain(
      'database goes back to a moment that is not known: how many transactions would be lost is not known',
    );
    expect(text).toContain('   not known: the recovery point: there is no recovery point at all');
    expect(rig.world.writes).toEqual([]);
  });

  test('with a repository that cannot be reached says so, and tells all the rest', async () => {
    renameSync(rig.repositoryFolder, `${rig.repositoryFolder}-gone`);
    const { steps, losses } = await dryRunScenario(fire, services(), signal);
    expect(steps.map(({ step }) => step)).toEqual(['block', 'rebuild', 'verify', 'back', 'unblock']);
    expect(losses[0]?.not_known[0]).toMatch(/^the recovery point: .*repository/);
    expect(losses[0]?.verdict).not.toBe('within the RPO');
  });

  test('is read by a person in one line', () => {
    const loss: ForetoldLoss = {
      ...{ step: 'back', component: 'database', to: 'latest', point: 'b@1', verified: { state: 'never' } },
      ...{ at: SAVED, age_seconds: 4, transactions: 31, more: false, lost_seconds: 0.4, objective_seconds: 300 },
      ...{ verdict: 'within the RPO', not_known: [] },
    };
    const step = { step: 'back', action: 'fake.go_back', danger: 'read', input: {}, changes: [], where: [] } as const;
    const about = { scenario: 'fire', environment: 'production', plan_hash: '', inputs: {} };
    const planned = { ...step, permissions: [], seen: 'absent' } as const;
    expect(dryRunText({ ...about, steps: [planned], losses: [loss] }, plainPaint)).toContain(
      `database goes back to ${SAVED}, 4s before now (from the point b@1, never restored as a test): 31 transactions would be lost, the last 400ms. RPO 5m: within the RPO.`,
    );
  });
});
