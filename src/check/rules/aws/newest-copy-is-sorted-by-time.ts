import { type AwsCall, awsCall } from '../../../shell/programs/aws.ts';
import { selectionOf } from '../../../shell/programs/jmespath.ts';
import { judgeCommands, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The first of a list is the newest only by luck. */
export const newestCopyIsSortedByTime: Rule = {
  id: 'newest-copy-is-sorted-by-time',
  level: 'error',
  title: 'The newest copy is chosen by its time',
  why: 'The lists of snapshots and images come in an order that no reference promises; RDS often begins with the oldest. The first or last entry restores the wrong day. With --output text the query is applied to each page of a long list, so that there is one answer a page (AWS command line user guide, server-side pagination and --query).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: find, uses: shell.run, with: { command: "aws rds describe-db-snapshots --db-instance-identifier shop --query 'DBSnapshots[0].DBSnapshotIdentifier'" } }
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
      const list = call && LISTS[`${call.service} ${call.operation}`];
      return call && list ? judgeCall(call, list) : [];
    }),
};

interface List {
  readonly name: string;
  readonly time: string;
  /** Whoever asks for one by its name gets one. */
  readonly asksForOne?: string;
}

const LISTS: Readonly<Record<string, List>> = {
  'rds describe-db-snapshots': {
    name: 'DBSnapshots',
    time: 'SnapshotCreateTime',
    asksForOne: 'db-snapshot-identifier',
  },
  'rds describe-db-cluster-snapshots': {
    name: 'DBClusterSnapshots',
    time: 'SnapshotCreateTime',
    asksForOne: 'db-cluster-snapshot-identifier',
  },
  'ec2 describe-snapshots': { name: 'Snapshots', time: 'StartTime', asksForOne: 'snapshot-ids' },
  'ec2 describe-images': { name: 'Images', time: 'CreationDate', asksForOne: 'image-ids' },
  'ecr describe-images': { name: 'imageDetails', time: 'imagePushedAt', asksForOne: 'image-ids' },
  'backup list-recovery-points-by-backup-vault': { name: 'RecoveryPoints', time: 'CreationDate' },
};

function judgeCall(call: AwsCall, list: List): readonly Remark[] {
  if (list.asksForOne !== undefined && call.has(list.asksForOne)) return [];
  const taken = byQuery(call, list) ?? byJq(call, list) ?? byLine(call, list);
  if (!taken) return [];
  const condition = taken.condition === undefined ? '' : `[?${taken.condition}]`;
  return [
    {
      at: taken.at,
      message: `${taken.what} is ${taken.place} of a list whose order nobody promises, not the newest: an old copy is taken for the newest one`,
      hint: `Sort by time first: --query 'sort_by(${list.name}${condition}, &${list.time})[-1]', with --output json.`,
    },
  ];
}

interface Taken {
  readonly what: string;
  readonly place: string;
  readonly at: number;
  readonly condition?: string;
}

/** `--query 'DBSnapshots[0]'`. */
function byQuery(call: AwsCall, { name }: List): Taken | undefined {
  const word = call.all('query')[0];
  const selection = word && selectionOf(word.value);
  if (!word || selection?.list !== name || selection.index === undefined) return undefined;
  if (selection.sortedBy !== undefined || selection.filters.some(namesOne)) return undefined;
  const { index, filters } = selection;
  const condition = filters.length > 0 ? { condition: filters.join(' && ') } : {};
  return { what: `${name}[${index}]`, place: place(index), at: word.at, ...condition };
}

/** `… | jq '.DBSnapshots[0]'`. */
function byJq({ command: { feeds } }: AwsCall, { name }: List): Taken | undefined {
  const word = feeds?.program === 'jq' ? feeds.words.find(({ value }) => value.includes(`.${name}[`)) : undefined;
  const index = word?.value.split(`.${name}[`)[1]?.match(/^(-?\d+)\]/)?.[1];
  if (!word || index === undefined || word.value.includes('sort_by')) return undefined;
  return { what: `.${name}[${index}]`, place: place(Number(index)), at: word.at };
}

/** `--query 'DBSnapshots[].Id' --output text | head -1`, with nothing that sorts in between. */
function byLine(call: AwsCall, { name }: List): Taken | undefined {
  const { feeds } = call.command;
  const selection = selectionOf(call.get('query') ?? '');
  if (!feeds || selection?.list !== name || selection.index !== undefined || selection.sortedBy !== undefined)
    return undefined;
  const isOne =
    /^(head|tail)$/.test(feeds.program) &&
    /^-(n ?)?1$/.test(
      feeds.words
        .slice(1)
        .map(({ value }) => value)
        .join(' '),
    );
  if (!isOne) return undefined;
  return {
    what: `what ${feeds.program} keeps`,
    place: feeds.program === 'head' ? 'the first' : 'the last',
    at: feeds.at,
  };
}

const place = (index: number): string => (index === 0 ? 'the first' : index === -1 ? 'the last' : 'one by number');

/** A condition that only one entry can fulfil. */
const namesOne = (filter: string): boolean =>
  /(Identifier|SnapshotId|ImageId|Arn|Digest|imageTags?)\b[^&|]*(==|contains)/.test(filter) &&
  !/InstanceIdentifier|ClusterIdentifier/.test(filter);
