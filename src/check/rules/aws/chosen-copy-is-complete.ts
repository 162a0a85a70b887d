import { type AwsCall, awsCall } from '../../../shell/programs/aws.ts';
import { type Selection, selectionOf } from '../../../shell/programs/jmespath.ts';
import { judgeCommands, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A list of snapshots holds those of others, and those that are not finished. */
export const chosenCopyIsComplete: Rule = {
  id: 'chosen-copy-is-complete',
  level: 'warning',
  title: 'The snapshot that is chosen is one of the lost instance, and finished',
  why: 'Without a condition the list holds the snapshots of every instance in the region, and those that are still being taken: these cannot be restored, and have no creation time yet, so that sort_by fails on the whole list (RDS API reference, DescribeDBSnapshots; JMESPath specification, sort_by).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: "aws rds describe-db-snapshots --query 'sort_by(DBSnapshots, &SnapshotCreateTime)[-1].DBSnapshotIdentifier'" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: "aws rds describe-db-snapshots --db-instance-identifier shop --query \\"sort_by(DBSnapshots[?Status=='available'], &SnapshotCreateTime)[-1].DBSnapshotIdentifier\\"" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = awsCall(command);
      const list = call?.service === 'rds' ? LISTS[call.operation] : undefined;
      return call && list ? judgeCall(call, list) : [];
    }),
};

const LISTS: Readonly<Record<string, { readonly name: string; readonly one: string; readonly of: readonly string[] }>> =
  {
    'describe-db-snapshots': {
      name: 'DBSnapshots',
      one: 'db-snapshot-identifier',
      of: ['db-instance-identifier', 'dbi-resource-id'],
    },
    'describe-db-cluster-snapshots': {
      name: 'DBClusterSnapshots',
      one: 'db-cluster-snapshot-identifier',
      of: ['db-cluster-identifier', 'db-cluster-resource-id'],
    },
  };

function judgeCall(call: AwsCall, { name, one, of }: (typeof LISTS)[string]): readonly Remark[] {
  const word = call.all('query')[0];
  const selection = word && selectionOf(word.value);
  if (!word || selection?.list !== name || selection.index === undefined || call.has(one)) return [];
  const missing = [
    ...(isOfOne(call, selection, of) ? [] : ['of whatever instance it is']),
    ...(selection.filters.some((filter) => /\bStatus\b/.test(filter)) ? [] : ['finished or not']),
  ];
  if (missing.length === 0) return [];
  const fails = selection.sortedBy !== undefined && missing.includes('finished or not');
  const sorting = fails ? '; while one is being taken it has no time, and sorting fails' : '';
  return [
    {
      at: word.at,
      message: `one of ${name} is taken, ${missing.join(' and ')}${sorting}`,
      hint: `Ask with --${of[0]}, and take of ${name}[?Status=='available'] only.`,
    },
  ];
}

const isOfOne = (call: AwsCall, { filters }: Selection, options: readonly string[]): boolean =>
  options.some((option) => call.has(option)) ||
  call.all('filters').some(({ value }) => /db-(instance|cluster)-id|dbi-resource-id/.test(value)) ||
  filters.some((filter) => /Identifier/.test(filter));
