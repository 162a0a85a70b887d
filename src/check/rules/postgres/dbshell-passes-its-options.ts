import type { ShellCommand, ShellWord } from '../../../shell/script.ts';
import { judgeCommands } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';

/** Django reads its own options before it hands the rest to psql. */
export const dbshellPassesItsOptions: Rule = {
  id: 'dbshell-passes-its-options',
  level: 'error',
  title: 'Options for the client stand behind "--" of dbshell',
  why: 'manage.py dbshell knows only the options of Django; what the database client is to get stands behind "--", which works since Django 3.1. "dbshell -c …" ends with "unrecognized arguments" and asks the database nothing (Django documentation of dbshell).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'python manage.py dbshell -c "SELECT 1"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: look, uses: shell.run, with: { command: 'python manage.py dbshell --database default -- -c "SELECT 1"' } }
`,
  judge: (plan) =>
    judgeCommands(plan, (command) => {
      const unknown = unknownOption(command);
      if (unknown === undefined) return [];
      return [
        {
          at: unknown.at,
          message: `Django does not know the option ${unknown.value} of dbshell, and asks the database nothing`,
          hint: `Put -- between them: dbshell -- ${unknown.value} …, or ask an address of the application for its health.`,
        },
      ];
    }),
};

function unknownOption({ program, words }: ShellCommand): ShellWord | undefined {
  if (!/^(python[\d.]*|manage\.py|django-admin)$/.test(program)) return undefined;
  const at = words.findIndex(({ value }) => value === 'dbshell');
  if (at < 1) return undefined;
  const behind = words.slice(at + 1);
  const dashes = behind.findIndex(({ value }) => value === '--');
  const own = dashes < 0 ? behind : behind.slice(0, dashes);
  return own.find(({ value }) => /^--?[A-Za-z]/.test(value) && !OF_DJANGO.test(value));
}

const OF_DJANGO = /^(-h|--help|--version|-v\d?|--verbosity|--settings|--pythonpath|--traceback|--no-color|--force-color|--skip-checks|--database)(=.*)?$/; // biome-ignore format: one list
