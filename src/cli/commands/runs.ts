import { listRuns } from '../../usecases/list-runs.ts';
import { defineCommand } from '../define-command.ts';
import { table } from '../table.ts';

export const runsCommand = defineCommand({
  name: 'runs',
  summary: 'List the runs that are kept here, newest first.',
  examples: ['lifeboat runs'],
  args: {},
  flags: {},
  fails: ['USAGE', 'JOURNAL_DAMAGED'],
  run: (_input, services) => listRuns(services),
  print: ({ state, runs }) =>
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
        ),
});
