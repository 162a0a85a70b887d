import type { Plan } from '../../../model/plan.ts';
import { calledAs } from '../../../shell/called.ts';
import { type AwsCall, awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand, ShellScript } from '../../../shell/script.ts';
import { homeRegion, regionsOfIds } from '../../aws-regions.ts';
import { judgeScripts, type PlacedScript, scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** In which region a command acts is not left to the machine it runs on. */
export const regionIsNamed: Rule = {
  id: 'region-is-named',
  level: 'warning',
  title: 'Where a plan knows several regions, each call of AWS names its own',
  why: 'Without --region the AWS command line takes AWS_REGION, and without that the profile of whoever runs it (AWS CLI user guide, configuration). In an emergency it is run elsewhere, by somebody else, or for the other region: it then finds nothing, or finds and changes the instance of the same name in the wrong region.',
  bad: `
domains: { aws/one: { title: The first region, kind: region }, aws/two: { title: The second region, kind: region } }
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: aws rds describe-db-instances --db-instance-identifier shop } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
domains: { aws/one: { title: The first region, kind: region }, aws/two: { title: The second region, kind: region } }
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: aws rds describe-db-instances --db-instance-identifier shop --region two } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge(plan) {
    const regions = Object.values(plan.domains).filter(({ kind }) => kind === 'region').length;
    const said = scriptsOf(plan).some(({ script }) => script.commands.some((one) => awsCall(one)?.has('region')));
    if (regions < 2 && !said) return [];
    const elsewhere = idsElsewhere(plan);
    const why = regions < 2 ? 'other commands of the plan name theirs' : `the plan knows ${regions} regions`;
    return judgeScripts(plan, (around) => firstWithout(around, { why, elsewhere }));
  },
};

interface Known {
  readonly why: string;
  readonly elsewhere: ReadonlySet<string>;
}

/** What is known to be in another region than production: a rule of its own says in which (aws-names-its-region). */
const idsElsewhere = (plan: Plan): ReadonlySet<string> => {
  const home = homeRegion(plan);
  return new Set(
    [...regionsOfIds(plan)].flatMap(([id, region]) => (home !== undefined && region !== home ? [id] : [])),
  );
};

/** One for each text: the others are put right with it. */
function firstWithout({ script }: PlacedScript, { why, elsewhere }: Known) {
  const calls = script.commands.filter((command) => {
    const call = awsCall(command);
    return (
      call !== undefined &&
      isRegional(call) &&
      !saysRegion(command, call, script) &&
      !command.words.some(({ value }) => elsewhere.has(value))
    );
  });
  const [first] = calls;
  if (!first) return [];
  const more = calls.length === 1 ? '' : `, nor do ${calls.length - 1} below it`;
  return [
    {
      at: first.at,
      message: `${calledAs(first)} does not say in which region${more}; ${why}`,
      hint: 'Add --region …, or set AWS_REGION at the beginning of the same text.',
    },
  ];
}

/** Services that are the same from everywhere, and S3, which finds the region of a bucket by its name. */
const GLOBAL = new Set([
  'iam',
  'sts',
  'route53',
  'cloudfront',
  'organizations',
  'support',
  'health',
  's3',
  's3api',
  'configure',
  'sso',
  'account',
  'budgets',
  'ce',
]);

const isRegional = ({ service, has }: AwsCall): boolean => !GLOBAL.has(service) && !has('help');

/** A profile brings a region of its own. */
const REGION = /^AWS_((DEFAULT_)?REGION|PROFILE)$/;

/** What runs on another machine has the settings of that machine. */
const saysRegion = (command: ShellCommand, { has }: AwsCall, { assignments }: ShellScript): boolean =>
  has('region') ||
  has('profile') ||
  command.through.some(({ program }) => program === 'ssh') ||
  command.environment.some(({ name }) => REGION.test(name)) ||
  assignments.some(({ name, at }) => REGION.test(name) && at < command.at);
