import { type ComposeCall, composeCall } from '../../../shell/programs/compose.ts';
import { judgeCommands, scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The same service of another project is another service. */
export const composeNamesItsProject: Rule = {
  id: 'compose-names-its-project',
  level: 'warning',
  title: 'Compose is told the same file in every runbook',
  why: 'Without -f Compose takes the file in the folder one stands in, and names the project after that folder (Docker documentation, docker compose). A runbook that names the file here and not there stops one database and starts another.',
  bad: `
procedures:
  stop: { title: Stop, steps: [{ id: stop, uses: shell.run, with: { command: docker compose -f /srv/shop/compose.yaml stop postgres } }] }
scenarios:
  loss:
    steps:
      - { id: start, uses: shell.run, with: { command: docker compose start postgres } }
`,
  good: `
procedures:
  stop: { title: Stop, steps: [{ id: stop, uses: shell.run, with: { command: docker compose -f /srv/shop/compose.yaml stop postgres } }] }
scenarios:
  loss:
    steps:
      - { id: start, uses: shell.run, with: { command: docker compose -f /srv/shop/compose.yaml start postgres } }
`,
  judge: (plan) => {
    const all = scriptsOf(plan).flatMap(({ script }) =>
      script.commands.flatMap((command) => composeCall(command) ?? []),
    );
    const named = new Set(all.filter(isNamed).flatMap(({ services }) => services));
    if (named.size === 0) return [];
    return judgeCommands(plan, (command, { script }) => {
      const call = composeCall(command);
      const service = call && !isNamed(call) ? call.services.find((one) => named.has(one)) : undefined;
      if (!call || service === undefined || script.assignments.some(({ name }) => FROM_OUTSIDE.test(name))) return [];
      return [
        {
          message: `compose ${call.verb} ${service} names no file, and elsewhere the plan does: this is the ${service} of whatever folder one stands in`,
          hint: 'Add -f with the same file, as in the other commands.',
        },
      ];
    });
  },
};

const FROM_OUTSIDE = /^COMPOSE_(FILE|PROJECT_NAME)$/;

const isNamed = ({ namesProject, command }: ComposeCall): boolean =>
  namesProject || command.environment.some(({ name }) => FROM_OUTSIDE.test(name));
