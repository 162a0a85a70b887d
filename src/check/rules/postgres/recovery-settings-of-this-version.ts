import type { Plan } from '../../../model/plan.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { fileOf } from '../../../shell/values.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** The file that used to hold the recovery settings keeps a server of today from starting. */
export const recoverySettingsOfThisVersion: Rule = {
  id: 'recovery-settings-of-this-version',
  level: 'error',
  title: 'Recovery settings stand where this PostgreSQL reads them',
  why: 'Since version 12 the settings of a recovery are ordinary settings, and an empty file recovery.signal asks for it. A server that finds a recovery.conf in its data folder refuses to start: "using recovery command file is not supported" (PostgreSQL 12 release notes).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: rewind, uses: shell.run, with: { command: "echo \\"restore_command = 'cp /wal/%f %p'\\" > /srv/pg/recovery.conf" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: rewind, uses: shell.run, with: { command: "echo \\"restore_command = 'cp /wal/%f %p'\\" >> /srv/pg/postgresql.auto.conf\\ntouch /srv/pg/recovery.signal" } }
`,
  judge: (plan) =>
    isOld(plan)
      ? []
      : judgeCommands(plan, (command) =>
          writes(command)
            ? [
                {
                  message: 'a server of PostgreSQL 12 or newer that finds recovery.conf does not start',
                  hint: 'Write the settings to postgresql.auto.conf, and make an empty recovery.signal beside it.',
                },
              ]
            : [],
        ),
};

/** Among the files that postgresql.conf includes, the name means nothing. */
const isRecoveryConf = (path: string | undefined): boolean =>
  path !== undefined && fileOf(path) === 'recovery.conf' && !/(^|\/)(etc|conf|conf\.d|include\.d)\//.test(path);

function writes({ program, words, redirects }: ShellCommand): boolean {
  const last = words.at(-1)?.value;
  return (
    redirects.some(({ operator, target }) => operator.startsWith('>') && isRecoveryConf(target?.value)) ||
    (program === 'tee' && words.some(({ value }) => isRecoveryConf(value))) ||
    (/^(cp|mv|install|ln|scp)$/.test(program) && isRecoveryConf(last))
  );
}

/** Whether the plan says that a server is older than that. */
const isOld = ({ components }: Plan): boolean =>
  Object.values(components).some(({ technology }) =>
    /postgres\w*\s+(v(ersion)?\s*)?(9\.\d|1[01])\b/i.test(technology ?? ''),
  );
