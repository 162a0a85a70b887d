import { hasOption, option } from '../../../shell/options.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A retry that does not try again is none. */
export const curlRetriesWhatFails: Rule = {
  id: 'curl-retries-what-fails',
  level: 'warning',
  title: 'A retry of curl also tries again what an outage looks like',
  why: 'curl --retry tries again after a timeout and after some answers such as 503; a refused connection counts only with --retry-connrefused, and a name that is not found only with --retry-all-errors (curl manual). One hiccup of a name server then ends the check in milliseconds, and a failover begins.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: guard, uses: shell.run, with: { command: curl -f --retry 3 --max-time 10 https://shop.example.com/health } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: guard, uses: shell.run, with: { command: curl -f --retry 3 --retry-all-errors --retry-delay 5 --max-time 10 https://shop.example.com/health } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const times = option(command, '--retry');
      if (command.program !== 'curl' || times === undefined || times === '0') return [];
      if (hasOption(command, '--retry-all-errors', '--retry-connrefused')) return [];
      const decides = command.inside.includes('condition') ? ', and what the script does next depends on it' : '';
      return [
        {
          message: `curl --retry ${times} does not try again when the connection is refused or the name is not found: it fails at once${decides}`,
          hint: 'Add --retry-all-errors and --retry-delay, and ask from more than one place before something is moved.',
        },
      ];
    }),
};
