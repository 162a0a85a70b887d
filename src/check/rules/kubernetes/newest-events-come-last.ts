import { option } from '../../../shell/options.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Who reads the oldest events reads about yesterday. */
export const newestEventsComeLast: Rule = {
  id: 'newest-events-come-last',
  level: 'warning',
  title: 'The newest of what kubectl sorts is read at the end of the list',
  why: 'kubectl --sort-by sorts upwards, so that the newest event stands last (kubectl reference, get). A head behind it shows the oldest events, which have nothing to do with the outage.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "kubectl get events --sort-by=.metadata.creationTimestamp | head -20" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "kubectl get events --sort-by=.metadata.creationTimestamp | tail -20" } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const call = kubectlCall(command);
      const key = option(command, '--sort-by');
      const reader = command.feeds;
      if (call?.verb !== 'get' || key === undefined || !/timestamp/i.test(key)) return [];
      if (reader?.program !== 'head' || keepsTheLast(reader)) return [];
      return [
        {
          message: `kubectl get ${call.plain[0] ?? ''} is sorted by ${key}, oldest first, and head shows the oldest`,
          hint: 'Use tail in place of head.',
        },
      ];
    }),
};

/** `head -n -20` leaves out the last lines only, `head -1` shows the line of titles. */
const keepsTheLast = ({ words }: ShellCommand): boolean =>
  /^-n ?-\d|^-(n ?)?1$/.test(
    words
      .slice(1)
      .map(({ value }) => value)
      .join(' '),
  );
