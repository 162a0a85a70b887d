import { relative } from 'node:path';
import { formatDuration } from '../../src/lib/duration.ts';
import type { DemoResult, ScenarioResult } from './result.ts';

const WIDTH = 78;
const BAR = 24;

/** The last screen: what happened, what was lost, how it compares with what was promised, and what to type next. */
export function finalScreen(result: DemoResult, cwd: string): string {
  const scenarios = Object.values(result.scenarios);
  const verdict = result.ok
    ? `Everything that could be recovered was, and it is proven. ${Math.round(result.seconds)} s in all.`
    : 'Something was missed or is not proven. See above.';
  return [
    '═'.repeat(WIDTH),
    ...scenarios.flatMap((scenario) => scenarioLines(scenario, cwd)),
    verdict,
    ...nextLines(scenarios, cwd),
    '═'.repeat(WIDTH),
  ].join('\n');
}

function scenarioLines(scenario: ScenarioResult, cwd: string): readonly string[] {
  const verdict = scenario.verified ? 'RECOVERED' : 'NOT PROVEN';
  return [
    scenario.title + verdict.padStart(WIDTH - scenario.title.length),
    `  what happened   ${scenario.happened}`,
    `  what was lost   ${lostText(scenario)}`,
    `  what came back  ${count(scenario.rows_restored)} of ${count(scenario.rows_deleted)} rows, compared one by one`,
    `  later writes    ${count(scenario.later_writes_kept)} of ${count(scenario.later_writes)} kept`,
    ...objectiveLines(scenario),
    `  proofs          ${scenario.proofs.filter((proof) => proof.held).length} of ${scenario.proofs.length} hold`,
    ...scenario.problems.map((problem) => `  ✗ ${problem}`),
    `  report          ${scenario.report === null ? 'none' : relative(cwd, scenario.report)}`,
    '─'.repeat(WIDTH),
  ];
}

function lostText({ lost_commits: lost, acknowledged_commits: all }: ScenarioResult): string {
  const nothing = lost === 0 ? 'nothing: ' : '';
  return `${nothing}${count(lost)} of ${count(all)} acknowledged commits`;
}

function objectiveLines(scenario: ScenarioResult): readonly string[] {
  const { objective, human_wait_seconds: human } = scenario;
  if (objective === null) return [];
  const waiting = human ? `, ${formatDuration(human * 1000)} of it waiting for a person` : '';
  return [
    `  RTO             ${bar(scenario.rto_seconds, objective.rto_seconds)}${waiting}`,
    `  RPO             ${bar(scenario.rpo_seconds, objective.rpo_seconds)}`,
  ];
}

/** How much of the promise was used up. What was not measured is not drawn. */
export function bar(value: number | null, limit: number): string {
  if (value === null) return 'not measured';
  const share = limit === 0 ? (value > 0 ? 1 : 0) : Math.min(1, value / limit);
  const filled = value > 0 ? Math.max(1, Math.round(share * BAR)) : 0;
  const text = `${length(value)} of ${length(limit)}`;
  return `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${text}${value > limit ? ' MISSED' : ''}`;
}

function nextLines(scenarios: readonly ScenarioResult[], cwd: string): readonly string[] {
  const evidence = scenarios.find((scenario) => scenario.evidence !== null)?.evidence;
  return [
    'Next:',
    ...(evidence ? [`  node bin/lifeboat.js evidence verify ${relative(cwd, evidence)}`] : []),
    '  node bin/lifeboat.js check --plan examples/corporate-intel/lifeboat.yaml',
    '  node bin/lifeboat.js --help',
  ];
}

const length = (seconds: number): string => (seconds === 0 ? '0s' : formatDuration(seconds * 1000));

const count = (value: number): string => value.toLocaleString('en-US');
