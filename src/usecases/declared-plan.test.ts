import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rpo, rto } from '../cli/summary.ts';
import { approve } from './approve.ts';
import { checkPlan } from './check-plan.ts';
import { dryRunScenario } from './dry-run.ts';
import { findRun } from './find-run.ts';
import type { Happening } from './happening.ts';
import { initPlan } from './init-plan.ts';
import { listPoints } from './list-points.ts';
import { recover } from './recover.ts';
import { writeDocs } from './render-docs.ts';
import { takeBackup } from './take-backup.ts';
import { makeRig, type Rig } from './testing/rig.ts';

/* A plan may say more than this build can do, and less than a run needs: then the run is refused, and nothing is touched. */

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

const file = () => join(rig.folder, 'lifeboat.yaml');
const rewrite = (change: (text: string) => string) => writeFileSync(file(), change(readFileSync(file(), 'utf8')));
const withoutRepository = (text: string) => text.replace(/repository:\n( {2}.*\n)+/, '');
const quiet = { signal: new AbortController().signal, mayAsk: false, watch: () => undefined };
const fire = { scenario: 'fire', set: ['cause=a candle'] };

/** Says yes to whatever asks. */
const approving = () => ({
  ...quiet,
  watch: (happening: Happening) => {
    if (happening.kind !== 'event' || happening.event.type !== 'step.waiting') return;
    const { run, step } = happening.event;
    const services = rig.services({ chosen: { environment: 'production' } });
    void approve({ run, step, by: 'bob', reject: false }, services);
  },
});

describe('a plan without a repository', () => {
  beforeEach(() => rewrite((text) => withoutRepository(text).replace('    domain: here\n', '')));
  const missing = expect.objectContaining({
    code: 'REPOSITORY_MISSING',
    message: 'the plan shop names no backup repository',
  });

  test('is judged and printed', async () => {
    expect(checkPlan(rig.services()).findings.map(({ rule }) => rule)).not.toContain('plan.schema');
    expect((await writeDocs({}, rig.services())).document).toContain('# The shop');
  });

  test.each<[string, () => Promise<unknown>]>([
    ['recover', () => recover(fire, rig.services(), quiet)],
    ['a dry run', () => dryRunScenario(fire, rig.services(), quiet.signal)],
    ['points', () => listPoints({ signal: new AbortController().signal, log: () => undefined }, rig.services())],
    ['backup', () => takeBackup({ component: 'database' } as never, rig.services())],
    ['init --repository', () => initPlan('elsewhere', rig.services())],
  ])('%s is refused', async (_, act) => {
    await expect(act()).rejects.toEqual(missing);
    expect(rig.world.writes).toEqual([]);
  });
});

const later = '      - { id: ask, uses: mysql.look, with: { table: windows } }\n      - { id: unblock';

describe('actions of a later build', () => {
  test('are a warning to check, and refuse the scenario that needs them', async () => {
    rewrite((text) => text.replace('      - { id: unblock', later));
    const { findings } = checkPlan(rig.services());
    expect(findings.filter(({ rule }) => rule === 'unknown-action').map(({ level }) => level)).toEqual(['warning']);
    await expect(recover(fire, rig.services(), quiet)).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
      message: expect.stringContaining('the action mysql.look is not available in this build'),
    });
    expect(rig.world.writes).toEqual([]);
  });

  test("of another scenario are in nobody's way", async () => {
    rewrite(
      (text) =>
        `${text}  flood:\n    title: A flood\n    kind: degradation\n    steps: [{ id: ask, uses: mysql.look }]\n`,
    );
    expect((await recover(fire, rig.services(), approving())).status).toBe('succeeded');
  });

  const withProcedure = (uses: string, inputs = '{}') =>
    rewrite(
      (text) =>
        `${text.replace('      - { id: unblock', '      - { id: again, uses: procedure, with: { procedure: p } }\n      - { id: unblock')}procedures: { p: { title: P, inputs: ${inputs}, steps: [{ id: a, uses: ${uses}, with: { thing: "\${{ inputs.cause }}" } }] } }\n`,
    );

  test('in a procedure refuse the scenario that uses it', async () => {
    withProcedure('mysql.look', '{ cause: { describe: The cause } }');
    await expect(recover(fire, rig.services(), quiet)).rejects.toMatchObject({ code: 'PLAN_REFUSED' });
    expect(rig.world.writes).toEqual([]);
  });

  test('the steps of a procedure are frozen into the run, shown by a dry run, and measured like others', async () => {
    withProcedure('fake.verify_house', '{ cause: { describe: The cause }, lid: { describe: The lid, default: on } }');
    const planned = await dryRunScenario(fire, rig.services(), quiet.signal);
    expect(planned.steps.map(({ step }) => step)).toContain('again.a');
    expect(planned.inputs).toEqual({ cause: 'a candle', size: 3, lid: 'on' });
    const result = await recover(fire, rig.services(), approving());
    expect(result.status).toBe('succeeded');
    expect(result.steps.find(({ id }) => id === 'again.a')).toMatchObject({
      status: 'succeeded',
      action: 'fake.verify_house',
    });
    const { journal } = await findRun(result.run, rig.services());
    const [created] = await journal.events(result.run);
    expect(created).toMatchObject({ steps: expect.arrayContaining([expect.objectContaining({ id: 'again.a' })]) });
  });

  test('a scenario that does not say when it is over is refused', async () => {
    rewrite((text) => text.replace('    healthy: verify\n', ''));
    await expect(recover(fire, rig.services(), quiet)).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
      message: expect.stringContaining('fire does not say after which step the service is healthy again'),
    });
  });
});

describe('a plan that promises too much', () => {
  const tooShort = () => rewrite((text) => text.replace(/rto: [0-9a-z]+/g, 'rto: 1s'));

  test('is refused, and says how to begin in an emergency', async () => {
    tooShort();
    await expect(recover(fire, rig.services(), quiet)).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
      hint: expect.stringContaining('In an emergency begin all the same: add --despite-findings "why".'),
    });
    expect(rig.world.writes).toEqual([]);
  });

  test('is begun by somebody who says why, and that is kept', async () => {
    tooShort();
    const result = await recover({ ...fire, despite: 'the house is burning' }, rig.services(), approving());
    expect(result.status).toBe('succeeded');
    const { journal } = await findRun(result.run, rig.services());
    const [created] = await journal.events(result.run);
    expect(created).toMatchObject({
      despite: { reason: 'the house is burning', findings: [expect.stringContaining('rto-is-reachable')] },
    });
  });

  test('needs a reason', async () => {
    tooShort();
    await expect(recover({ ...fire, despite: ' ' }, rig.services(), quiet)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('what cannot be carried out is refused whatever the reason', async () => {
    rewrite((text) => text.replace('      - { id: unblock', later));
    await expect(recover({ ...fire, despite: 'all the same' }, rig.services(), quiet)).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
      hint: expect.not.stringContaining('--despite-findings'),
    });
  });

  test('a good plan is begun as always, and nothing is said to have been overridden', async () => {
    const result = await recover({ ...fire, despite: 'to be sure' }, rig.services(), approving());
    const { journal } = await findRun(result.run, rig.services());
    expect((await journal.events(result.run))[0]).not.toHaveProperty('despite');
  });
});

describe('what a run is measured against', () => {
  const own = '    objectives: { rto: 1h, rpo: 2h }\n    detect_within';

  test('of several promises of a scenario the one that must hold', async () => {
    rewrite((text) =>
      text.replace(own, '    objectives: { rto: { first: 10m, full: 50m }, rpo: 1h..2h }\n    detect_within'),
    );
    expect((await recover(fire, rig.services(), approving())).objective).toEqual({
      rto_seconds: 3000,
      rpo_seconds: 7200,
      detect_within_seconds: 60,
    });
  });

  test('without its own those of the component that is lost', async () => {
    rewrite((text) => text.replace(own, '    detect_within').replace('rto: 1h, rpo: 2h', 'rto: 40m, rpo: 2h'));
    expect((await recover(fire, rig.services(), approving())).objective).toEqual({
      rto_seconds: 2400,
      rpo_seconds: 7200,
      detect_within_seconds: 60,
    });
  });

  test('without any, it says so', async () => {
    rewrite((text) => text.replace(own, '    detect_within').replace('    objectives: { rto: 1h, rpo: 2h }\n', ''));
    const result = await recover(fire, rig.services(), approving());
    expect(result).toMatchObject({ status: 'succeeded', objective: {} });
    expect(result.rto_met).toBeUndefined();
    expect(rto(result)).toMatch(/\(no objective\)/);
    expect(rpo(result)).toBe('not measured (no objective)');
  });

  test('a dry run tells the longest that a step is expected to take', async () => {
    rewrite((text) => text.replace('with: { thing: door }, expect: 1m', 'with: { thing: door }, expect: 1m..5m'));
    const { steps } = await dryRunScenario(fire, rig.services(), quiet.signal);
    expect(steps[0]?.expectMs).toBe(300_000);
  });
});
