import type { ShellCommand } from '../script.ts';

/** A tool that is told to change the schema back: `alembic downgrade -1`, `rails db:rollback`. */
export interface DowngradeCall {
  /** As people say it, e.g. `alembic downgrade`. */
  readonly tool: string;
  /** The version it goes back to; undefined when it goes back by a number of steps, or by whatever came last. */
  readonly to: string | undefined;
}

/** Undefined when the command takes back no migration. */
export function downgradeCall(command: ShellCommand): DowngradeCall | undefined {
  const words = withoutStarter(command);
  for (const { starts, tool, target } of TOOLS)
    if (starts.every((start, index) => start.test(words[index] ?? ''))) {
      const to = target(words.slice(starts.length), words);
      return to === NONE ? undefined : { tool, to };
    }
  return undefined;
}

/** What starts another program and adds nothing: `npx knex`, `bundle exec rake`, `python -m alembic`. */
function withoutStarter({ words }: ShellCommand): readonly string[] {
  const all = words.map(({ value }) => value.split('/').at(-1) ?? '');
  const said = all.includes('alembic')
    ? all.filter((word, index) => !ALEMBIC.test(word) && !ALEMBIC.test(all[index - 1] ?? ''))
    : all;
  const [first, second] = said;
  if (/^(npx|yarn|pnpm|bunx|php)$/.test(first ?? '')) return said.slice(second === 'exec' || second === 'run' ? 2 : 1);
  if (/^(poetry|uv|pipenv|bundle)$/.test(first ?? '') && /^(run|exec)$/.test(second ?? '')) return said.slice(2);
  if (/^python[\d.]*$/.test(first ?? '')) return said.slice(second === '-m' ? 2 : 1);
  return said;
}

/** Options of alembic that stand in front of what it is to do, each with its value. */
const ALEMBIC = /^(-c|-n|-x|--config|--name)$/;

type Target = (rest: readonly string[], all: readonly string[]) => string | undefined;

/** The call is none that goes back. */
const NONE = '';

/** A version that is named as it is; a number of steps such as `-1` is none. */
const named: Target = (rest) => rest.find((word) => !/^(-\d+|--?[a-z][\w-]*(=.*)?)$/i.test(word));
const behind =
  (pattern: RegExp): Target =>
  (rest) => {
    const at = rest.findIndex((word) => pattern.test(word));
    if (at < 0) return undefined;
    const [, value] = rest[at]?.split('=') ?? [];
    return value ?? rest[at + 1];
  };
const never: Target = () => undefined;

const TOOLS: readonly { readonly starts: readonly RegExp[]; readonly tool: string; readonly target: Target }[] = [
  { starts: [/^alembic$/, /^downgrade$/], tool: 'alembic downgrade', target: named },
  { starts: [/^flask$/, /^db$/, /^downgrade$/], tool: 'flask db downgrade', target: named },
  { starts: [/^(rails|rake)$/, /^db:rollback(:\w+)?$/], tool: 'rails db:rollback', target: never },
  { starts: [/^artisan$/, /^migrate:rollback$/], tool: 'artisan migrate:rollback', target: never },
  { starts: [/^knex$/, /^migrate:rollback$/], tool: 'knex migrate:rollback', target: never },
  { starts: [/^knex$/, /^migrate:down$/], tool: 'knex migrate:down', target: named },
  { starts: [/^sequelize(-cli)?$/, /^db:migrate:undo$/], tool: 'sequelize db:migrate:undo', target: behind(/^--name\b/) },
  { starts: [/^sequelize(-cli)?$/, /^db:migrate:undo:all$/], tool: 'sequelize db:migrate:undo:all', target: behind(/^--to\b/) },
  { starts: [/^typeorm$/, /^migration:revert$/], tool: 'typeorm migration:revert', target: never },
  { starts: [/^flyway$/, /^undo$/], tool: 'flyway undo', target: behind(/^-?-target\b/) },
  { starts: [/^liquibase$/, /^(rollbackCount|rollback-count)$/], tool: 'liquibase rollback-count', target: never },
  { starts: [/^liquibase$/, /^rollback$/], tool: 'liquibase rollback', target: (rest) => behind(/^--tag\b/)(rest, rest) ?? named(rest, rest) },
  { starts: [/^goose$/], tool: 'goose down', target: (rest) => downOf(rest, 'down-to') },
  { starts: [/^dbmate$/, /^(down|rollback)$/], tool: 'dbmate rollback', target: never },
  { starts: [/^migrate$/], tool: 'migrate down', target: (rest) => (rest.includes('down') ? undefined : NONE) },
  { starts: [/^manage\.py$/, /^migrate$/], tool: 'manage.py migrate', target: djangoTarget },
]; // biome-ignore format: one tool a line

function downOf(rest: readonly string[], to: string): string | undefined {
  const at = rest.indexOf(to);
  if (at >= 0) return rest[at + 1];
  return rest.includes('down') ? undefined : NONE;
}

/** `migrate <app> <name>` may go either way; only with a name is it a way back. */
function djangoTarget(rest: readonly string[]): string | undefined {
  const [, name] = rest.filter((word) => !word.startsWith('-'));
  return name ?? NONE;
}
