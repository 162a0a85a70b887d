import { calledAs } from '../../../shell/called.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import { asksBecause } from '../../commands/waits.ts';
import type { Rule } from '../../rule.ts';

/** A command of a runbook has no keyboard. */
export const commandsAskNobody: Rule = {
  id: 'commands-ask-nobody',
  level: 'warning',
  title: 'No command waits for somebody to type',
  why: 'A step runs its command without a keyboard: a client that opens a session (ssh and psql without a command), an editor or a question such as that of "terraform destroy" ends at once or hangs until the step is broken off, and the commands below it run where they were not meant to. The lines below a bare "ssh host" run on the machine that started it (OpenSSH manual: without a command a login shell is started).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "ssh db.example.com\\npsql -l" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: "ssh -o BatchMode=yes db.example.com psql -l" } }
      - { id: restore, uses: postgres.restore_server, with: { component: database }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command, { step }) => {
      const why = asksBecause(command);
      if (why === undefined) return [];
      return [{ message: `${calledAs(command)} ${why}; the step "${step.id}" has no keyboard`, hint: HINT }];
    }),
};

const HINT =
  'Give it what it asks for (ssh host command, psql -c, git commit -m), or make it a step for a person: human.task.';
