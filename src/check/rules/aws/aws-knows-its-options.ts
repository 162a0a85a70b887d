import { nearestOf } from '../../../lib/nearest.ts';
import { type AwsCall, awsCall } from '../../../shell/programs/aws.ts';
import { type AwsOption, awsOptions, GLOBAL_OPTIONS } from '../../../shell/programs/aws-options.ts';
import type { ShellWord } from '../../../shell/script.ts';
import { judgeCommands, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A command that is refused restores nothing. */
export const awsKnowsItsOptions: Rule = {
  id: 'aws-knows-its-options',
  level: 'error',
  title: 'The AWS command line accepts the options it is given',
  why: 'The AWS command line checks its words before it asks anybody, and ends without having done anything: a switch takes no value (it is turned off by --no-…), and required options must be there. RDS lists between 20 and 100 entries at a time, and refuses less (argument tables of the AWS command line 1.45; RDS API reference, MaxRecords).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID --publicly-accessible false" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: shell.run, with: { command: "aws rds restore-db-instance-from-db-snapshot --db-instance-identifier new --db-snapshot-identifier $ID --no-publicly-accessible" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      const options = call && awsOptions(call.service, call.operation);
      return call && options ? judgeCall(call, options) : [];
    }),
};

type Options = ReadonlyMap<string, AwsOption>;

const judgeCall = (call: AwsCall, options: Options): readonly Remark[] => [
  ...optionsIn(call).flatMap((given) => judgeOption(call, given, options)),
  ...missing(call, options),
];

interface Given {
  readonly name: string;
  readonly word: ShellWord;
  /** What stands behind it up to the next option, or behind its `=`. */
  readonly value: readonly ShellWord[];
}

function optionsIn({ command: { words } }: AwsCall): readonly Given[] {
  return words.flatMap((word, index): readonly Given[] => {
    const [, name, equals, value = ''] = /^--([a-z0-9][a-z0-9-]*)(=)?(.*)$/s.exec(word.value) ?? [];
    if (name === undefined) return [];
    if (equals !== undefined) return [{ name, word, value: [{ ...word, value }] }];
    const rest = words.slice(index + 1);
    const end = rest.findIndex((one) => /^--[a-z]/.test(one.value));
    return [{ name, word, value: end < 0 ? rest : rest.slice(0, end) }];
  });
}

function judgeOption(call: AwsCall, given: Given, options: Options): readonly Remark[] {
  const { name, word, value } = given;
  const known = options.get(name) ?? switchedOff(name, options);
  if (known?.isSwitch) return judgeSwitch(call, given);
  if (known) return judgeNumber(call, given);
  if (GLOBAL_OPTIONS.has(name) || value.some(({ isLiteral }) => !isLiteral && value.length > 1)) return [];
  // The beginning of an option stands for it, when it is the beginning of one only.
  if ([...options.keys()].filter((one) => one.startsWith(name)).length === 1) return [];
  const meant = nearestOf(name, [...options.keys()]);
  return [
    {
      at: word.at,
      // Tables grow old: what they do not know may be new.
      level: 'warning',
      message: `${said(call)} has no option --${name}: it ends with "Unknown options", and nothing is done`,
      hint: meant === undefined ? `Look at \`${said(call)} help\`.` : `Did you mean --${meant}?`,
    },
  ];
}

const switchedOff = (name: string, options: Options): AwsOption | undefined => {
  const option = name.startsWith('no-') ? options.get(name.slice(3)) : undefined;
  return option?.isSwitch ? option : undefined;
};

function judgeSwitch(call: AwsCall, { name, word, value }: Given): readonly Remark[] {
  const given = value[0];
  if (given === undefined || (!given.isLiteral && given !== word)) return [];
  const off = /^(false|no|0|off|disabled?)$/i.test(given.value);
  const bare = name.replace(/^no-/, '');
  return [
    {
      at: word.at,
      message: `--${name} takes no value: ${said(call)} ends with "Unknown options: ${given.value}", and nothing is done`,
      hint: `Write --${off !== name.startsWith('no-') ? 'no-' : ''}${bare} alone.`,
    },
  ];
}

function judgeNumber(call: AwsCall, { name, word, value }: Given): readonly Remark[] {
  const number = Number(value[0]?.value);
  if (call.service !== 'rds' || name !== 'max-records' || !Number.isInteger(number)) return [];
  if (number >= 20 && number <= 100) return [];
  const message = `RDS lists between 20 and 100 entries at a time, and ${said(call)} --max-records ${number} is refused`;
  const hint =
    'Leave it out, and take what is wanted with --query, sorted: sort_by(DBSnapshots, &SnapshotCreateTime)[-5:].';
  return [{ at: word.at, message, hint }];
}

function missing(call: AwsCall, options: Options): readonly Remark[] {
  const given = optionsIn(call).map(({ name }) => name);
  if (isOpen(call, options)) return [];
  const left = [...options.values()].filter(
    ({ name, isRequired }) => isRequired && !given.some((one) => name.startsWith(one)),
  );
  if (left.length === 0) return [];
  const names = left.map(({ name }) => `--${name}`).join(', ');
  return [{ message: `${said(call)} needs ${names}, and ends without having done anything`, hint: `Add ${names}.` }];
}

/** Options may also come from a variable that stands where no value is awaited, from a file, or from what pipes into xargs. */
function isOpen(call: AwsCall, options: Options): boolean {
  const all = optionsIn(call);
  const isVariable = ({ value }: ShellWord): boolean => value.startsWith('$');
  const beside = all.flatMap(({ name, value }) => (options.get(name)?.isSwitch ? value : value.slice(1)));
  return (
    call.plain.some(isVariable) ||
    beside.some(isVariable) ||
    all.some(({ name }) => /^(cli-input-(json|yaml)|generate-cli-skeleton)$/.test(name)) ||
    call.command.through.some(({ program }) => program === 'xargs')
  );
}

const said = ({ service, operation }: AwsCall): string => `aws ${service} ${operation}`;
