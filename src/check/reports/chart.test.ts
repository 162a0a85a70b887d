import { describe, expect, test } from 'vitest';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { scenarioSums } from '../scenario-sums.ts';
import { reportChart } from './chart.ts';

const sumsOf = (fragment: string) => scenarioSums(planWith(fragment).plan, 'loss', FACTS);
const chartOf = (fragment: string) => reportChart(sumsOf(fragment));
const runbook = (rto: string, expects: readonly string[], more = '') => `
scenarios:
  loss:
    title: Rows were deleted
    objectives: { rto: ${rto}, rpo: 5m }
    detect_within: "0"
    healthy: s${expects.length}
    steps: [${expects.map((takes, index) => `{ id: s${index + 1}, uses: human.task, expect: ${takes} }`).join(', ')}]
    ${more}`;

describe('verdicts', () => {
  test.each([
    [
      '30m',
      ['1m', '5m', '15m', '10m'],
      'BROKEN: 1m + 5m + 15m + 10m = 31m > 30m (scenarios.loss.objectives.rto), 1m too long',
    ],
    [
      '2h',
      ['5m', '2m', '30m..60m', '5m..10m', '5m'],
      'KEPT: 5m + 2m + 1h + 10m + 5m = 1h 22m <= 2h (scenarios.loss.objectives.rto), 38m to spare; at best 47m',
    ],
    [
      '360m..480m',
      ['120m', '60m..90m', '200m..220m', '50m..70m'],
      'BROKEN: 2h + 1h 30m + 3h 40m + 1h 10m = 8h 20m > 360m..480m (scenarios.loss.objectives.rto), 20m too long; at best 7h 10m',
    ],
    ['varies', ['5m'], 'NO RTO: 5m; promised: varies (scenarios.loss.objectives.rto)'],
  ] as const)('%s against %j', (rto, expects, verdict) =>
    expect(chartOf(runbook(rto, expects)).replaceAll(/\n {2}(?=\S)/g, ' ')).toContain(verdict),
  );

  test('what the plan does not say proves nothing, and is named', () => {
    const chart = chartOf(runbook('30m', ['5m', '5m']).replaceAll(', expect: 5m }]', ' }]'));
    expect(chart).toContain('NOT PROVEN: what the plan says adds up to 5m; promised: 30m (');
    expect(chart).not.toContain('to spare');
    expect(chart).toContain('not said: how long s2 takes (expect)');
    expect(chart).toMatch(/^ {2}s2 +\? +\?/m);
  });

  test('a scenario without steps proves nothing', () =>
    expect(sumsOf('scenarios: { loss: { steps: [], healthy: null } }'.replace(', healthy: null', '')).verdict).toBe(
      'unknown',
    ));

  test('the strictest promise of what is lost holds when the scenario makes none', () => {
    const { rto } = sumsOf('scenarios: { loss: { objectives: { rto: varies } } }');
    expect(rto).toEqual({ text: 'varies', limit: null, from: 'scenarios.loss.objectives.rto' });
  });
});

test('the steps of a procedure are added up in its place', () => {
  const { path } = sumsOf(`
procedures:
  rebuild: { title: Rebuild it, steps: [{ id: a, uses: human.task, expect: 10m }, { id: b, uses: human.task, expect: 5m..7m }] }
scenarios:
  loss:
    healthy: whole
    steps: [{ id: first, uses: human.task, expect: 1m }, { id: whole, uses: procedure, with: { procedure: rebuild } }]`);
  expect(path.stretches.map(({ step }) => step)).toEqual([undefined, 'first', 'whole.a', 'whole.b']);
  expect([path.min, path.max]).toEqual([21 * 60_000, 23 * 60_000]);
});

describe('the drawing', () => {
  test('shows where each step lies on the way, what is sure of it, and where the promise ends', () =>
    expect(
      chartOf(runbook('20m', ['5m', '5m..10m', '10m']))
        .split('\n')
        .slice(0, 9),
    ).toEqual([
      'loss: Rows were deleted',
      '  from the damage until "s3" is done',
      '',
      '  noticing                    0s                ·                                       │',
      '  s1                          5m                ██████████                              │',
      '  s2                          5m..10m                     ██████████░░░░░░░░░░          │',
      '  s3                          10m                                             ██████████│█████████'.replace(
        '│',
        '█',
      ),
      '  ─────────────────────────────────────────────',
      '  in all                      20m..25m          ████████████████████████████████████████░░░░░░░░░░',
    ]));

  test.each([
    ['long names', runbook('30m', ['1m', '2h']).replaceAll('s2', `s2${'-and-so-on'.repeat(12)}`)],
    ['a promise far away', runbook('100d', ['1m'])],
    ['a promise of nothing', runbook('immediate', ['1m'])],
    ['no time at all', runbook('"0"', ['"0"'])],
    [
      'many words',
      `${runbook('30m', ['1m'])}\nplan: { title: x }`.replace('Rows were deleted', 'Rows were deleted '.repeat(20)),
    ],
  ])('is never wider than 100 columns: %s', (_what, fragment) => {
    for (const line of chartOf(fragment).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('what is lost at worst', () => {
  const losing = (backups: string, more = '') => `
components: { database: { objectives: { rto: 1h, rpo: 6h }, backups: [${backups}] } }
scenarios: { loss: { objectives: { rto: 1h, rpo: 6h }${more} } }`;

  test('is interval + duration + lag, with the numbers', () => {
    const chart = chartOf(
      losing('{ method: postgres.dump, every: 6h, takes: 20m, copies: [{ domain: cellar, lag: 15m }] }'),
    );
    expect(chart).toContain('database: promised at most 6h (scenarios.loss.objectives.rpo)');
    expect(chart).toContain('6h 35m = 6h + 20m + 15m: postgres.dump is taken every 6h');
    expect(chart).toContain('BROKEN: loss promises to lose at most 6h');
  });

  test('says also that the promise is kept, and why when the numbers alone do not show it', () => {
    const stream = '{ method: postgres.base_backup, every: 24h, takes: 1h }, { method: postgres.wal_stream }';
    expect(chartOf(losing(stream))).toContain('KEPT: database loses at most 6h\n'.trim());
    const nothing = `
components: { database: { objectives: { rto: 1h, rpo: 6h }, backups: [${stream}] } }
scenarios: { loss: { loses: [database], objectives: { rto: 1h, rpo: "0" }, healthy: look, steps: [{ id: look, uses: postgres.verify_server, with: { component: database }, expect: 1m }] } }`;
    expect(chartOf(nothing)).toContain('KEPT: database loses at most 0, because the server stays');
  });

  test('a promise of the class or of the whole plan is broken as well', () => {
    const fragment = `
plan: { owner: keeper }
classes: { gold: { objectives: { rto: 1h, rpo: 5m } } }
components: { cellar-data: { kind: bucket, domain: machine, class: gold, backups: [{ method: s3.copy, every: 24h, takes: 1h, copies: [{ domain: cellar }] }] } }
scenarios: { loss: { loses: [cellar-data] } }`;
    const chart = chartOf(fragment.replace('plan: { owner: keeper }', '')).replaceAll(/\n +/g, ' ');
    expect(chart).toContain('BROKEN: ');
    expect(chart).not.toContain('KEPT: cellar-data');
    expect(chart).not.toContain('BROKEN: database');
  });

  test('copies that are gone with it do not count', () => {
    const fragment = losing(
      '{ method: postgres.dump, every: 1h, takes: 1m, copies: [{ domain: machine }] }',
      ', loses_domains: [machine]',
    );
    expect(chartOf(fragment)).toContain('gone with machine: postgres.dump');
    expect(sumsOf(fragment).losses[0]?.copies[0]).toMatchObject({ survives: false, domain: 'machine' });
  });

  test('a copy that nothing bounds, and data that nothing copies', () => {
    expect(chartOf(losing('{ method: postgres.dump }'))).toContain('no limit: Logical dump: nothing says how often');
    expect(chartOf(losing(''))).toMatch(/Nothing that keeps data is lost|nothing copies it: all of it/);
  });
});
