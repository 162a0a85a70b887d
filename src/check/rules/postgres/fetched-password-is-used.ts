import { isLocalHost, postgresConnection } from '../../../shell/programs/postgres.ts';
import type { ShellScript } from '../../../shell/script.ts';
import { judgeScripts, type Remark } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** A password in a variable opens no door. */
export const fetchedPasswordIsUsed: Rule = {
  id: 'fetched-password-is-used',
  level: 'error',
  title: 'A password that a script fetches reaches the program that needs it',
  why: 'psql takes its password from PGPASSWORD, from a password file or from the person at the terminal, and from no other variable. A script that keeps it under another name waits at the prompt for ever, or is refused where there is no terminal (PostgreSQL documentation of libpq, environment variables).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'DB_PASSWORD=$(cat secret); psql -h db.example.com -c "SELECT 1"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'DB_PASSWORD=$(cat secret); PGPASSWORD="$DB_PASSWORD" psql -h db.example.com -c "SELECT 1"' } }
`,
  judge: (plan) => judgeScripts(plan, ({ script }) => remarks(script)),
};

function remarks(script: ShellScript): readonly Remark[] {
  if (script.assignments.some(({ name }) => /^PG(PASSWORD|PASSFILE|SERVICE)/.test(name))) return [];
  const client = script.commands.find((command) => {
    const connection = postgresConnection(command);
    const said = command.words.map(({ value }) => value).join(' ');
    return (
      connection && !isLocalHost(connection.host) && command.environment.length === 0 && !/:\/\/|password=/.test(said)
    );
  });
  if (!client) return [];
  return script.assignments
    .filter(({ name, at }) => PASSWORD.test(name) && at < client.at && !isUsed(name, script))
    .slice(0, 1)
    .map(({ name, at }) => ({
      at,
      message: `${name} is fetched and given to nobody: ${client.program} asks for a password and waits`,
      hint: `Give it: PGPASSWORD="$${name}" ${client.program} ….`,
    }));
}

const PASSWORD = /pass(word|wd|phrase)?$|_pw$/i;

function isUsed(name: string, { commands, assignments, text }: ShellScript): boolean {
  const given = commands.flatMap(({ words, environment }) => [
    ...words,
    ...environment.flatMap(({ value }) => value ?? []),
  ]);
  const passedOn = assignments.flatMap(({ value }) => value ?? []);
  const isNamed = [...given, ...passedOn].some(({ variables }) => variables.includes(name));
  return isNamed || new RegExp(String.raw`\$\{?${name}\b`).test(text);
}
