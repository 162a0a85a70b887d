import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baselineOf } from '../check/baseline.ts';
import type { Finding } from '../model/finding.ts';
import { chartScenario } from './chart-scenario.ts';
import { type CheckRequest, checkPlan } from './check-plan.ts';
import { explainRule } from './explain-rule.ts';
import { makeRig, type Rig } from './testing/rig.ts';
import { watchPlan } from './watch-plan.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const checked = (request?: CheckRequest) => checkPlan(rig.services(), request);
const misspell = (): void => rig.edit((plan) => plan.replace('fake.verify_house', 'fake.verify_hose'));
const BASELINE = { baseline: 'known.json' };

test('the JSON of a check is what it always was', () => {
  rig.edit((plan) => plan.replace('owner: commander', 'owner: comander'));
  const json = JSON.parse(JSON.stringify(checked()));
  expect(json).toEqual({
    plan: rig.planFile,
    environment: 'production',
    ok: false,
    sound: false,
    judged: true,
    errors: 1,
    warnings: expect.any(Number),
    findings: expect.any(Array),
  });
  expect(json.findings.find(({ level }: { level: string }) => level === 'error')).toEqual({
    rule: 'plan.reference',
    level: 'error',
    at: { file: 'lifeboat.yaml', line: 2, column: 45 },
    message: expect.stringContaining('"comander"'),
    hint: expect.stringContaining('commander'),
  });
});

describe('a report', () => {
  test('is written in each form', () => {
    misspell();
    expect(checked().text()).toMatch(/^lifeboat\.yaml:\d+:\d+ {2}error {2}unknown-action$/m);
    expect(JSON.parse(checked({ format: 'sarif' }).text()).version).toBe('2.1.0');
    expect(checked({ format: 'github' }).text()).toMatch(/^::error file=lifeboat\.yaml,/m);
    expect(checked({ format: 'junit' }).text()).toContain('<testsuite name="lifeboat.yaml"');
    expect(checked({ format: 'sarif' }).isDocument()).toBe(true);
    expect(checked().isDocument()).toBe(false);
  });

  test.each([
    ['sarf', 'Did you mean --format sarif?'],
    ['pdf', 'One of: text, json, sarif, github, junit.'],
  ])('in the form %s is wrong usage', (format, hint) =>
    expect(() => checked({ format })).toThrow(expect.objectContaining({ code: 'USAGE', hint })),
  );

  test('of a plan that cannot be read says that nothing was judged', () => {
    rig.edit(() => 'lifeboat: [');
    expect(checked()).toMatchObject({ ok: false, judged: false });
    expect(JSON.parse(checked({ format: 'sarif' }).text()).runs[0].invocations[0].executionSuccessful).toBe(false);
  });
});

describe('a baseline', () => {
  test('makes known what was found, and only that', () => {
    misspell();
    expect(checked().ok).toBe(false);
    const written = checked({ ...BASELINE, writeBaseline: true });
    expect(written).toMatchObject({ ok: true, errors: 0, baseline: { file: 'known.json' } });
    expect(written.text()).toMatch(/^known\.json: \d+ findings? (is|are) known from now on\.$/);
    expect(checked(BASELINE)).toMatchObject({ ok: true, findings: [] });
    rig.edit((plan) => plan.replace('fake.shut', 'fake.shutt'));
    expect(checked(BASELINE)).toMatchObject({ ok: false });
    expect(
      checked(BASELINE)
        .findings.map(({ message }) => message)
        .join(),
    ).toContain('fake.shutt');
    expect(
      checked(BASELINE)
        .findings.map(({ message }) => message)
        .join(),
    ).not.toContain('verify_hose');
  });

  test('says what is mended, at its line in the baseline', () => {
    misspell();
    checked({ ...BASELINE, writeBaseline: true });
    rig.edit((plan) => plan.replace('fake.verify_hose', 'fake.verify_house'));
    const stale = checked(BASELINE);
    expect(stale.ok).toBe(true);
    expect(stale.findings[0]).toMatchObject({ rule: 'baseline-stale', level: 'warning', at: { file: 'known.json' } });
    expect(stale.text()).toMatch(/^ +\d+ \| +"fingerprint": /m);
  });

  test('is wrong usage when it is not there, not one, not named, or cannot be written', () => {
    const usage = (says: string) => expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(says) });
    expect(() => checked(BASELINE)).toThrow(usage('known.json cannot be read (ENOENT)'));
    expect(() => checked({ writeBaseline: true })).toThrow(usage('--write-baseline needs'));
    expect(() => checked({ baseline: 'no/folder', writeBaseline: true })).toThrow(usage('cannot be written (ENOENT)'));
    writeFileSync(join(rig.folder, 'known.json'), '{}');
    expect(() => checked(BASELINE)).toThrow(usage('is no baseline'));
  });

  test('does not make a plan usable that contradicts itself', () => {
    rig.edit((plan) => plan.replace('owner: commander', 'owner: comander'));
    const [finding] = checked().findings.filter(({ rule }) => rule === 'plan.reference');
    writeFileSync(join(rig.folder, 'known.json'), baselineOf([finding as Finding]));
    expect(checked(BASELINE)).toMatchObject({ ok: false, sound: false, findings: expect.arrayContaining([finding]) });
  });

  test.each([
    ['cannot be read', () => 'lifeboat: ['],
    ['contradicts itself', (plan: string) => plan.replace('owner: commander', 'owner: comander')],
  ])('is not written for a plan that %s', (_why, change) => {
    rig.edit(change);
    expect(() => checked({ ...BASELINE, writeBaseline: true })).toThrow(
      expect.objectContaining({ code: 'PLAN_INVALID' }),
    );
    expect(existsSync(join(rig.folder, 'known.json'))).toBe(false);
  });
});

describe('explaining a rule', () => {
  test('needs no plan', () => {
    const { text, ...rule } = explainRule('rto-is-reachable');
    expect(rule).toMatchObject({ id: 'rto-is-reachable', level: 'error' });
    expect(text()).toContain('It complains about:');
  });

  test.each([
    ['rto-is-reachabel', 'Did you mean rto-is-reachable?'],
    ['quite-something-else', expect.stringContaining('One of: ')],
  ])('that is not there: %s', (id, hint) =>
    expect(() => explainRule(id)).toThrow(expect.objectContaining({ code: 'USAGE', hint })),
  );
});

describe('a chart', () => {
  test('adds up a scenario', () => {
    const chart = chartScenario('fire', rig.services());
    expect(chart).toMatchObject({ verdict: 'kept', rto: { text: '1h', limit: 3_600_000 } });
    expect(chart.text()).toContain('KEPT: 1m + 1m + 10m + 1m + 1m = 14m <= 1h');
  });

  test('of a scenario that is not there, and of no plan', () => {
    expect(() => chartScenario('fir', rig.services())).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'Did you mean fire?' }),
    );
    expect(() => chartScenario('something', rig.services())).toThrow(
      expect.objectContaining({ hint: 'One of: fire.' }),
    );
    rig.edit(() => 'lifeboat: [');
    expect(() => chartScenario('fire', rig.services())).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  });
});

describe('watching', () => {
  /** Does what comes next each time the watch says that it waits; the last one ends it. */
  async function watched(moves: readonly (() => void)[], request: CheckRequest = {}) {
    const stop = new AbortController();
    const left = [...moves];
    const said: string[] = [];
    const result = await watchPlan(rig.services(), request, {
      signal: stop.signal,
      say: (line) => {
        said.push(line);
        if (line.startsWith('watching')) (left.shift() ?? (() => stop.abort()))();
      },
    });
    return { result, said: said.filter((line) => !line.startsWith('watching')) };
  }

  test('judges again when the plan changes, however an editor writes it', async () => {
    const { result, said } = await watched([
      misspell,
      () => {
        const fixed = readFileSync(rig.planFile, 'utf8').replace('fake.verify_hose', 'fake.verify_house');
        writeFileSync(join(rig.folder, 'draft'), fixed);
        renameSync(join(rig.folder, 'draft'), rig.planFile);
      },
    ]);
    expect(said.filter((line) => line === 'checking').length).toBeGreaterThanOrEqual(3);
    expect(said.some((line) => line.includes('unknown-action'))).toBe(true);
    expect(result).toMatchObject({ ok: true });
    expect(result.text()).toBe('');
  });

  test('looks at included files, too', async () => {
    mkdirSync(join(rig.folder, 'parts'));
    const more = join(rig.folder, 'parts', 'more.yaml');
    writeFileSync(more, 'vendors: { one: { title: One } }\n');
    rig.edit((plan) => `${plan}include: [parts/more.yaml]\n`);
    const { result } = await watched([() => writeFileSync(more, 'vendors: [\n')]);
    expect(result).toMatchObject({ judged: false });
  });

  test('waits for a plan that is gone for a moment', async () => {
    const away = join(rig.folder, 'away');
    const { said, result } = await watched([
      () => renameSync(rig.planFile, away),
      () => renameSync(away, rig.planFile),
    ]);
    expect(said.join('\n')).toContain('there is no');
    expect(result.ok).toBe(true);
  });

  test('ends at once when it is told to', async () => expect((await watched([])).said[0]).toBe('checking'));

  test('prints text only, and needs a plan to begin with', async () => {
    await expect(watched([], { format: 'sarif' })).rejects.toMatchObject({ code: 'USAGE' });
    rig.edit((plan) => plan);
    renameSync(rig.planFile, join(rig.folder, 'away'));
    await expect(watched([])).rejects.toMatchObject({ code: 'USAGE' });
  });
});
