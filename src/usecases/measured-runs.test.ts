import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MeasurementRecord } from '../document/measurement.ts';
import { stepHash } from '../model/measured.ts';
import type { Step } from '../model/plan.ts';
import { foldRun } from '../model/run-state.ts';
import { chartScenario } from './chart-scenario.ts';
import { checkPlan } from './check-plan.ts';
import { dryRunScenario } from './dry-run.ts';
import { explain } from './explain.ts';
import { listRuns } from './list-runs.ts';
import { requirePlan } from './load-plan.ts';
import { measuredFile } from './measured-runs.ts';
import { recover } from './recover.ts';
import { writeDocs } from './render-docs.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  // Nobody is there to approve, so the one step that destroys only looks.
  rig.edit((plan) =>
    plan
      .replace('        approve: { role: commander, within: 10m }\n', '')
      .replace(/uses: fake\.make\n.*/, 'uses: fake.verify_house\n        with: { thing: house }'),
  );
});
afterEach(() => rig.remove());

const file = () => join(rig.folder, 'lifeboat.measured.json');
const record = (): MeasurementRecord => JSON.parse(readFileSync(file(), 'utf8')) as MeasurementRecord;
const promises = async (): Promise<string> => {
  const { document } = await writeDocs({}, rig.services());
  return document?.split('Promised and measured')[1]?.split('#### ')[0] ?? '';
};
const drill = () =>
  recover({ scenario: 'fire', set: ['cause=x'] }, rig.services({ chosen: { environment: 'drill' } }), {
    signal: new AbortController().signal,
    mayAsk: false,
    watch: () => undefined,
  });

test.each([
  ['/a/lifeboat.yaml', '/a/lifeboat.measured.json'],
  ['/a/other.yml', '/a/other.measured.json'],
  ['/a/plan', '/a/plan.measured.json'],
])('the record of %s is %s', (plan, name) => expect(measuredFile(plan)).toBe(name));

describe('without a record', () => {
  test('nothing is claimed of what was measured', async () => {
    expect(await promises()).toContain('no record is kept');
    expect(existsSync(file())).toBe(false);
  });

  test('the first one says that nothing was ever measured', async () => {
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(record()).toEqual({ lifeboat_measured: 1, runs: [] });
    expect(await promises()).toContain('never measured');
  });
});

describe('a run', () => {
  test('that is over is put on record and into the document', async () => {
    const { run, status } = await drill();
    expect(status).toBe('succeeded');
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(record().runs).toMatchObject([{ run, scenario: 'fire', environment: 'drill', status, rto_met: true }]);
    expect(await promises()).toMatch(new RegExp(`\\*\\*kept\\*\\* \\d{4}-\\d\\d-\\d\\d, drill ${run} in drill`));
  });

  test('is not put on record twice, and those of other machines stay', async () => {
    const other = {
      run: 'run-elsewhere',
      scenario: 'fire',
      environment: 'production',
      ended_at: '2026-01-01T00:00:00.000Z',
      status: 'failed',
    };
    writeFileSync(file(), JSON.stringify({ lifeboat_measured: 1, runs: [other] }));
    const { run } = await drill();
    for (const _ of [1, 2]) await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(
      record()
        .runs.map((one) => one.run)
        .sort(),
    ).toEqual(['run-elsewhere', run].sort());
  });

  test('of another plan in the same state folder is not ours', async () => {
    await drill();
    rig.edit((plan) => plan.replace('name: shop', 'name: mall'));
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    expect(record().runs).toEqual([]);
  });

  test('leaves the check of the committed document as it was, until it is put on record', async () => {
    await writeDocs({ measured: true, out: 'RUNBOOK.md' }, rig.services());
    await drill();
    expect(await writeDocs({ check: 'RUNBOOK.md' }, rig.services())).toMatchObject({ fresh: true });
    await writeDocs({ measured: true, out: 'other.md' }, rig.services());
    expect(await writeDocs({ check: 'RUNBOOK.md' }, rig.services())).toMatchObject({ fresh: false });
  });
});

describe('a record that cannot be used', () => {
  test.each(['', '{', '[]', '{"lifeboat_measured":2,"runs":[]}', '{"lifeboat_measured":1,"runs":[{"run":"x"}]}'])(
    '%j is refused, and stays',
    async (content) => {
      writeFileSync(file(), content);
      const refused = { code: 'PLAN_INVALID', message: expect.stringContaining('lifeboat.measured.json') };
      await expect(writeDocs({}, rig.services())).rejects.toMatchObject(refused);
      await expect(writeDocs({ measured: true }, rig.services())).rejects.toMatchObject(refused);
      expect(readFileSync(file(), 'utf8')).toBe(content);
    },
  );

  test('a folder of that name is said as such', async () => {
    mkdirSync(file());
    await expect(writeDocs({}, rig.services())).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('three runs on record', () => {
  const slow = (seconds: number, n: number) => ({
    run: `run-slow-${n}`,
    scenario: 'fire',
    environment: 'drill',
    ended_at: `2026-01-0${n}T00:00:00.000Z`,
    status: 'succeeded',
    steps: [{ step: 'unblock', hash: hashOf('unblock'), seconds, wait_seconds: 0, attempts: 1 }],
  });
  const hashOf = (id: string): string => {
    const step = requirePlan(rig.services()).plan.scenarios.fire?.steps.find((one) => one.id === id);
    return stepHash(step as Step);
  };
  const keep = (...seconds: readonly number[]) =>
    writeFileSync(
      file(),
      JSON.stringify({ lifeboat_measured: 1, runs: seconds.map((one, index) => slow(one, index + 1)) }),
    );

  test('count in check, with the number to write', () => {
    keep(600, 660, 720);
    const found = checkPlan(rig.services()).findings.filter(({ rule }) => rule === 'expect-is-as-measured');
    expect(found).toMatchObject([
      { message: expect.stringContaining('11m (p50 of 3 drills), 12m (p95)'), hint: 'Write expect: 11m..12m.' },
    ]);
    rig.edit((plan) => plan.replace(/(id: unblock.*)expect: 1m/, '$1expect: 11m..12m'));
    expect(checkPlan(rig.services()).findings.map(({ rule }) => rule)).not.toContain('expect-is-as-measured');
  });

  test('make an RTO unreachable, and a recovery goes on all the same', async () => {
    rig.edit((plan) => plan.replace('healthy: verify', 'healthy: unblock'));
    keep(3600, 3700, 3800);
    const [broken] = checkPlan(rig.services()).findings.filter(({ rule }) => rule === 'rto-is-reachable');
    expect(broken?.message).toContain('unblock measured 1h 3m (p95 of 3 drills)');
    expect((await drill()).status).toBe('succeeded');
  });

  test('are in the chart, in explain and in the document', async () => {
    rig.edit((plan) => plan.replace('healthy: verify', 'healthy: unblock'));
    keep(600, 660, 720);
    expect(chartScenario('fire', rig.services()).text()).toContain(
      'unblock: measured 12m (p95 of 3 drills), usually 11m',
    );
    const path = 'scenarios.fire.steps.unblock.expect';
    expect(explain(path, rig.services())).toMatchObject({ measured: { p50: 660_000, p95: 720_000, counts: true } });
    const { document } = await writeDocs({}, rig.services());
    expect(document).toContain('usually 11m, 12m at worst');
    expect(document).toContain('(p50 and p95 of 3 drills)');
  });

  test('are frozen into a run, and told by a dry run', async () => {
    keep(600, 660, 720);
    const span = { min: 600_000, p50: 660_000, p95: 720_000, n: 3, drills: 3 };
    const request = { scenario: 'fire', set: ['cause=x'] };
    const inDrill = rig.services({ chosen: { environment: 'drill' } });
    const { steps } = await dryRunScenario(request, inDrill, new AbortController().signal);
    expect(steps.find(({ step }) => step === 'unblock')).toMatchObject({ measured: span });
    const { run } = await drill();
    expect(foldRun(await rig.journal.events(run)).origin.measured).toEqual({ unblock: span });
  });

  test('of a step that was changed since then do not count', () => {
    keep(600, 660, 720);
    rig.edit((plan) => plan.replace(/(id: unblock.*)with: \{ thing: door \}/, '$1with: { thing: gate }'));
    expect(checkPlan(rig.services()).findings.map(({ rule }) => rule)).not.toContain('expect-is-as-measured');
  });

  test('two are too few: told in explain and in the document, and not counted', async () => {
    keep(600, 660);
    expect(checkPlan(rig.services()).findings.map(({ rule }) => rule)).not.toContain('expect-is-as-measured');
    expect(explain('scenarios.fire.steps.unblock', rig.services())).toMatchObject({
      measured: { n: 2, counts: false },
    });
    expect((await writeDocs({}, rig.services())).document).toContain('too few to count with');
  });
});

describe('runs --record', () => {
  test('keeps how long each step took, with the hash of plan and step', async () => {
    const { run } = await drill();
    expect(await listRuns(rig.services(), true)).toMatchObject({ recorded: { file: file(), added: 1, runs: 1 } });
    expect(record().runs[0]).toMatchObject({ run, plan_hash: expect.stringMatching(/^[0-9a-f]+$/) });
    const steps = record().runs[0]?.steps ?? [];
    expect(steps.length).toBeGreaterThan(0);
    for (const one of steps) expect(one).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), attempts: 1 });
    expect(await listRuns(rig.services(), true)).toMatchObject({ recorded: { added: 0, runs: 1 } });
  });

  test('nothing is written when nobody asks for it', async () => {
    await drill();
    expect(await listRuns(rig.services())).not.toHaveProperty('recorded');
    expect(existsSync(file())).toBe(false);
  });

  test('a record that cannot be read stops check and no recovery', async () => {
    writeFileSync(file(), '{');
    expect(() => checkPlan(rig.services())).toThrow('lifeboat.measured.json');
    expect((await drill()).status).toBe('succeeded');
  });
});
