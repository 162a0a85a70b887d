import { KnownError } from '../../model/errors.ts';
import { chartScenario, type ScenarioChart } from '../../usecases/chart-scenario.ts';
import { type CheckResult, checkPlan } from '../../usecases/check-plan.ts';
import { type ExplainedRule, explainRule } from '../../usecases/explain-rule.ts';
import { watchPlan } from '../../usecases/watch-plan.ts';
import { defineCommand, PLAN_WORD, text, toggle } from '../define-command.ts';

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'Judge the plan without touching anything.',
  details:
    'Needs no credentials and no network. A plan with findings of level error is not run.\n' +
    'To begin with a plan that has many findings, keep them in a baseline: only new ones fail from then on.\n' +
    'For editors and build servers see docs/editors.md.',
  examples: [
    'lifeboat check',
    'lifeboat check examples/corporate-intel/lifeboat.yaml --json',
    'lifeboat check --format sarif > lifeboat.sarif',
    'lifeboat check --explain rto-is-reachable',
    'lifeboat check --chart database-destroyed',
    'lifeboat check --baseline known.json --write-baseline',
    'lifeboat check --baseline known.json',
    'lifeboat check --watch',
  ],
  args: { plan: PLAN_WORD },
  flags: {
    format: text('FORMAT', 'text, json (the same as --json), sarif, github or junit. Default: text.'),
    baseline: text('FILE', 'Findings in this file are known: they are counted, and do not fail.'),
    'write-baseline': toggle('Write the findings of now into the file of --baseline.'),
    explain: text('RULE', 'Say what a rule demands, why, and how to keep it. Needs no plan.'),
    chart: text('SCENARIO', 'Show how long a scenario takes against its RTO, and what it loses at worst.'),
    watch: toggle('Check again whenever the plan changes, until Ctrl-C.'),
  },
  exits: [
    [0, 'No finding of level error, or none that the baseline does not know.'],
    [1, 'The plan is sound, and rules have findings of level error.'],
    [2, 'The plan cannot be read, or contradicts itself: findings of level error named plan.*.'],
  ],
  fails: ['USAGE', 'PLAN_INVALID'],
  async run(input, services, screen): Promise<CheckResult | ExplainedRule | ScenarioChart> {
    requireOne(input);
    const { explain, chart, watch, format, baseline } = input;
    if (explain !== undefined) return explainRule(explain);
    if (chart !== undefined) return chartScenario(chart, services);
    const request = {
      writeBaseline: input['write-baseline'],
      ...(format === undefined ? {} : { format }),
      ...(baseline === undefined ? {} : { baseline }),
    };
    return watch ? watchPlan(services, request, screen) : checkPlan(services, request);
  },
  print: (result) => result.text(),
  verbatim: (result) => 'judged' in result && result.isDocument(),
  exit: (result) => ('judged' in result ? exitOf(result) : 0),
});

interface Asked {
  readonly explain: string | undefined;
  readonly chart: string | undefined;
  readonly watch: boolean;
  readonly format: string | undefined;
  readonly baseline: string | undefined;
  readonly 'write-baseline': boolean;
}

/** Flags that ask for different work would leave open which of it is done. */
function requireOne(asked: Asked): void {
  const { explain, chart, watch, baseline } = asked;
  const reports = baseline !== undefined || (asked.format !== undefined && !['text', 'json'].includes(asked.format));
  const works = [
    ...(explain === undefined ? [] : ['--explain']),
    ...(chart === undefined ? [] : ['--chart']),
    ...(watch ? ['--watch'] : []),
    ...(asked['write-baseline'] ? ['--write-baseline'] : []),
    ...(reports && (explain ?? chart) !== undefined ? [baseline === undefined ? '--format' : '--baseline'] : []),
  ];
  if (works.length > 1)
    throw new KnownError('USAGE', `${works.join(' and ')} cannot be asked for together`, 'See: lifeboat check --help');
}

/** Findings are no failure of the command, so the codes are not those of the table of errors. */
const exitOf = ({ ok, sound }: CheckResult): number => (sound ? (ok ? 0 : 1) : 2);
