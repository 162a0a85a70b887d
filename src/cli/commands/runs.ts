import { formatDuration } from '../../lib/duration.ts';
import { KnownError } from '../../model/errors.ts';
import { type CopiedRunSummary, type CopiedRunsResult, listCopiedRuns } from '../../usecases/list-copied-runs.ts';
import { listRuns, type RunsResult } from '../../usecases/list-runs.ts';
import { COPIED, defineCommand, toggle } from '../define-command.ts';
import { table } from '../table.ts';

export const runsCommand = defineCommand({
  name: 'runs',
  summary: 'List the runs that are kept here, newest first.',
  details:
    'With --repository, those whose logs are in a repository, wherever they were begun.\n' +
    'With --record, what they measured is added to the record beside the plan, e.g. lifeboat.measured.json: commit it with the plan.\n' +
    'From three runs on it counts in check, --chart, docs, --dry-run and the forecast of a run instead of what steps are expected to take.',
  examples: [
    'lifeboat runs',
    'lifeboat runs --record',
    'lifeboat runs --repository /mnt/backups/orders --identity /safe/key.txt',
  ],
  args: {},
  flags: { record: toggle('Also add how long their steps took to the record beside the plan.'), ...COPIED },
  fails: ['USAGE', 'PLAN_INVALID', 'JOURNAL_DAMAGED', 'DISK_FULL', 'REPOSITORY_MISSING'],
  async run({ record, repository, identity }, services): Promise<RunsResult | CopiedRunsResult> {
    if (repository === undefined) return listRuns(services, record);
    if (!record) return listCopiedRuns({ repository, identity }, services);
    throw new KnownError(
      'USAGE',
      '--record is for the runs that are kept here, not for those of a repository',
      'Take a run over first, or leave one of the two out.',
    );
  },
  print: (result) => ('repository' in result ? copiedText(result) : keptText(result)),
});

const recordedLine = ({ recorded }: RunsResult): readonly string[] =>
  recorded ? ['', `${recorded.file}: ${recorded.added} added, ${recorded.runs} on record.`] : [];

const keptText = (result: RunsResult): string => [listed(result), ...recordedLine(result)].join('\n');

const listed = ({ state, runs }: RunsResult): string =>
  runs.length === 0
    ? `No run is kept in ${state}.`
    : table(
        ['RUN', 'SCENARIO', 'ENVIRONMENT', 'STATUS', 'STARTED', 'DRIVEN BY'],
        runs.map((run) => [
          run.id,
          run.scenario,
          run.environment,
          run.status,
          run.createdAt,
          run.owner ? `${run.owner.host} process ${run.owner.pid} (${run.ownerState})` : 'nobody',
        ]),
      );

const copiedText = ({ repository, now, runs }: CopiedRunsResult): string =>
  runs.length === 0
    ? `No run was copied to ${repository}.`
    : [
        table(
          ['RUN', 'SCENARIO', 'ENVIRONMENT', 'STATUS', 'LAST EVENT', 'LAST SIGN OF LIFE', 'CLAIMED BY'],
          runs.map((run) => copiedRow(run, now)),
        ),
        ...runs.flatMap(({ id, problem }) => (problem === undefined ? [] : [`${id} cannot be read: ${problem}`])),
      ].join('\n');

function copiedRow(run: CopiedRunSummary, now: string): readonly string[] {
  const age = (at: string | undefined): string =>
    at === undefined ? '' : `${formatDuration(Math.max(0, Date.parse(now) - Date.parse(at)))} ago`;
  const claimed = run.by === undefined ? '' : `${run.by} on ${run.host}`;
  const status = run.status ?? 'unreadable';
  const about = [run.id, run.scenario ?? '', run.environment ?? '', status];
  return [...about, age(run.last_event_at), age(run.last_sign_at), claimed];
}
