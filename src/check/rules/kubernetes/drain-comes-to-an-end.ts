import { hasOption, option } from '../../../shell/options.ts';
import { kubectlCall } from '../../../shell/programs/kubectl.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A node that does not answer cannot be asked to stop its pods. */
export const drainComesToAnEnd: Rule = {
  id: 'drain-comes-to-an-end',
  level: 'warning',
  title: 'Draining a node is given an end',
  why: 'kubectl drain waits until every pod has gone, and its --timeout is 0, without end, unless one is given (kubectl reference, drain). The kubelet of a node that is down never says that its pods have stopped, and a disruption budget may refuse for ever: then the runbook stands still.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: drain, uses: shell.run, with: { command: kubectl drain node-1 --ignore-daemonsets } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: drain, uses: shell.run, with: { command: kubectl drain node-1 --ignore-daemonsets --timeout=120s } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { step }) => {
      const isDrain = kubectlCall(command)?.verb === 'drain' && !hasOption(command, '--dry-run');
      const isBounded =
        ![undefined, '0', '0s'].includes(option(command, '--timeout')) ||
        command.through.some(({ program }) => program === 'timeout');
      if (!isDrain || isBounded || step.timeout !== undefined) return [];
      return [
        {
          message: 'kubectl drain has no --timeout: on a node that does not answer it waits for ever',
          hint: 'Add --timeout=120s. For a node that is gone: kubectl cordon, then delete its pods with --force --grace-period=0.',
        },
      ];
    }),
};
