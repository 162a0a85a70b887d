import type { Plan } from '../../../model/plan.ts';
import { option } from '../../../shell/options.ts';
import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { judgeCommands, scriptsOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** What is verified must be what the application uses. */
export const hostIsReadWhereItIsKept: Rule = {
  id: 'host-is-read-where-it-is-kept',
  level: 'warning',
  title: 'A runbook reads the host of the database where the application reads it',
  why: 'When the host lives in a parameter or a secret, a host that is typed into a command is a second truth. After the next recovery it is another server: the check looks at one database and the application uses another.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: point, uses: shell.run, with: { command: aws ssm put-parameter --name /shop/db_host --value new.example.com --overwrite } }
      - { id: count, uses: shell.run, with: { command: "psql -h new.example.com -d shop -c 'SELECT count(*) FROM orders'" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: point, uses: shell.run, with: { command: aws ssm put-parameter --name /shop/db_host --value new.example.com --overwrite } }
      - id: count
        uses: shell.run
        with: { command: "HOST=$(aws ssm get-parameter --name /shop/db_host --with-decryption --query Parameter.Value --output text)\\npsql -h \\"$HOST\\" -d shop -c 'SELECT count(*) FROM orders'" }
`,
  judge(plan) {
    const kept = whereTheHostIs(plan);
    if (kept === undefined) return [];
    return judgeCommands(plan, (command) => {
      const host = typedHost(command);
      if (host === undefined) return [];
      return [
        {
          message: `${command.program} asks ${host}, which is typed here, and the application reads its host from ${kept}: they may be two servers`,
          hint: `Read the host from ${kept} first, and ask that.`,
        },
      ];
    });
  },
};

/** The parameter into which the plan itself writes a host. */
function whereTheHostIs(plan: Plan): string | undefined {
  const names = scriptsOf(plan).flatMap(({ script }) =>
    script.commands.flatMap((command) => {
      const call = awsCall(command);
      const isWritten = call?.service === 'ssm' && call.operation === 'put-parameter';
      return isWritten &&
        /(db|database|postgres|pg|rds).*(host|endpoint)|^\/?(host|endpoint)$/i.test(call.get('name') ?? '')
        ? (call.get('name') ?? [])
        : [];
    }),
  );
  return names[0];
}

/** A server elsewhere, written out. */
function typedHost(command: ShellCommand): string | undefined {
  if (!/^(psql|pg_dump|pg_restore|pg_isready|mysql)$/.test(command.program)) return undefined;
  const host = option(command, '-h', '--host');
  return host !== undefined && /^[\w-]+(\.[\w-]+)+$/.test(host) && !/^(127|10|192\.168)\./.test(host)
    ? host
    : undefined;
}
