import { calledAs } from '../../../shell/called.ts';
import { hasOption } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand, ShellScript, ShellWord } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import { asksBecause } from '../../commands/waits.ts';
import type { Rule } from '../../rule.ts';

/** One slip of the finger from production. */
export const deletedIsWhatWasMade: Rule = {
  id: 'deleted-is-what-was-made',
  level: 'warning',
  title: 'What is deleted is not typed in by hand',
  why: 'The names of a test instance and of production differ by a suffix. A deletion whose target somebody fills in, or that takes it from a variable that may be empty, deletes what was typed; with --skip-final-snapshot nothing of it is left (RDS API reference, DeleteDBInstance). Whoever makes a thing for a drill marks it, and deletes only what bears that mark.',
  bad: `
procedures:
  tidy:
    title: Remove what the drill has made
    steps: [{ id: delete, uses: shell.run, with: { command: aws rds delete-db-instance --db-instance-identifier shop-restore-<date> --skip-final-snapshot } }]
`,
  good: `
procedures:
  tidy:
    title: Remove what the drill has made
    steps:
      - id: delete
        uses: shell.run
        with:
          command: |
            ID=$(aws resourcegroupstaggingapi get-resources --tag-filters Key=drill,Values=restore --query 'ResourceTagMappingList[0].ResourceARN' --output text)
            aws rds delete-db-instance --db-instance-identifier "\${ID##*:}" --skip-final-snapshot
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { script }) => {
      const target = targetOf(command);
      const how = target && typedIn(target, script);
      if (!target || how === undefined) return [];
      const isFinal = hasOption(command, '--skip-final-snapshot', '--force');
      return [
        {
          at: target.at,
          level: isFinal ? 'error' : 'warning',
          message: `${calledAs(command)} deletes ${written(target, script)}, ${how}: one slip, and it is the wrong one${isFinal ? ', for good' : ''}`,
          hint: 'Look it up by the tag that the drill or the recovery has set, refuse when it is not exactly one, and never take a name from a person.',
        },
      ];
    }),
};

/** What a command deletes for good; undefined when it deletes nothing, or the kind of thing that comes back by itself. */
function targetOf(command: ShellCommand): ShellWord | undefined {
  const aws = awsCall(command);
  if (aws)
    return /^(delete-db-(instance|cluster|snapshot)|delete-table|delete-replication-group|terminate-instances|delete-volume|delete-stack|delete-file-system)$/.test(
      aws.operation,
    )
      ? NAMES.map((name) => aws.all(name)[0]).find((word) => word !== undefined)
      : aws.service === 's3' && aws.operation === 'rb'
        ? aws.plain[0]
        : undefined;
  const kubectl = kubectlCall(command);
  if (kubectl?.verb === 'delete')
    return /^(pvc?|persistentvolume(claim)?s?|ns|namespaces?)$/.test(kubectl.plain[0] ?? '')
      ? command.words.find(({ value }) => value === kubectl.plain[1])
      : undefined;
  return command.program === 'dropdb' ? command.words.at(-1) : undefined;
}

const NAMES = [
  'db-instance-identifier',
  'db-cluster-identifier',
  'db-snapshot-identifier',
  'table-name',
  'replication-group-id',
  'instance-ids',
  'volume-id',
  'stack-name',
  'file-system-id',
];

/** How it comes about that the name is not certain; undefined when it is. */
function typedIn(word: ShellWord, script: ShellScript): string | undefined {
  if (/<[^<>]+>/.test(written(word, script))) return 'a name that somebody finishes by hand';
  const [name] = word.variables;
  if (name === undefined || /^E+$/.test(name)) return undefined;
  if (/^[0-9@*]$/.test(name)) return 'which is given as an argument';
  const isRead = script.commands.some(
    (command) =>
      asksBecause(command) !== undefined &&
      command.program === 'read' &&
      command.words.some(({ value }) => value === name),
  );
  return isRead ? 'which somebody types' : undefined;
}

/** As it stands in the plan, with its blanks. */
const written = ({ at, text }: ShellWord, script: ShellScript): string => script.text.slice(at, at + text.length);
