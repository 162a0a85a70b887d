import type { Plan } from '../../model/plan.ts';
import { type ComposeCall, composeCall } from '../../shell/programs/compose.ts';
import type { ShellCommand } from '../../shell/script.ts';
import { fileOf } from '../../shell/values.ts';
import type { PlacedCommand } from './acts.ts';

/** A folder in which a server of PostgreSQL keeps its data, or may do so by its name. */
export const isDataFolder = (path: string): boolean =>
  /(^|\/)(pgdata|pg_?data|postgres(ql)?|pgsql)(\/|$)/i.test(path) || /\$\{?PGDATA\b/.test(path);

/** The server that a command starts or stops. */
export interface ServerSwitch {
  readonly does: 'start' | 'stop';
  readonly what: string;
}

/** Undefined when the command neither starts nor stops a server of PostgreSQL. `names` are what the plan calls its databases. */
export function serverSwitch(command: ShellCommand, names: ReadonlySet<string>): ServerSwitch | undefined {
  const [verb, what] = verbAndServer(command, names);
  if (verb === undefined || what === undefined) return undefined;
  if (/^(stop|down|kill|pause)$/.test(verb)) return { does: 'stop', what };
  return /^(start|up|run|restart|unpause|promote)$/.test(verb) ? { does: 'start', what } : undefined;
}

function verbAndServer(command: ShellCommand, names: ReadonlySet<string>): readonly (string | undefined)[] {
  const words = command.words.map(({ value }) => value);
  const compose = composeCall(command);
  const isServer = (name: string): boolean => names.has(name) || SERVER.test(name.replace(/\.service$/, ''));
  if (compose) return [compose.verb, compose.services.find(isServer) ?? allOf(compose)];
  switch (command.program) {
    case 'docker':
    case 'podman':
      return [
        words[1],
        words.slice(2).find((word) => isServer(word) || (words[1] === 'run' && /^postgres(:|$)/.test(word))),
      ];
    case 'systemctl':
      return [words[1], words.slice(2).find(isServer)];
    case 'service':
      return [words[2], words[1] !== undefined && isServer(words[1]) ? words[1] : undefined];
    case 'pg_ctl':
      return [words.slice(1).find((word) => /^(start|stop|restart|promote)$/.test(word)), 'PostgreSQL'];
    case 'pg_ctlcluster':
      return [words.slice(1).find((word) => /^(start|stop|restart|promote)$/.test(word)), 'PostgreSQL'];
    default:
      return [];
  }
}

/** Without a service, what is started is all of them; what is stopped may be anything. */
const allOf = ({ verb, services }: ComposeCall): string | undefined =>
  services.length === 0 && /^(start|up|restart)$/.test(verb) ? 'every service' : undefined;

const SERVER =
  /^(postgres(ql)?|pgsql|pg|db|database)([-_@.]?(\d+|main|server|primary|prod|production))*$|[-_](postgres(ql)?|pg|db)([-_]\d+)?$/i;

/** The text a command writes into a file or gives to the server, as far as the script says it. Who only looks for a text writes none. */
export function writtenText({ command }: PlacedCommand): string {
  if (!writes(command)) return '';
  return [...command.redirects.map(({ body }) => body ?? ''), ...command.words.map(({ value }) => value)].join('\n');
}

const writes = ({ program, redirects, feeds }: ShellCommand): boolean =>
  WRITERS.has(program) ||
  redirects.some(isOutput) ||
  (feeds !== undefined && /^(tee|sudo|docker|ssh)$/.test(feeds.program));

const WRITERS = new Set(['tee', 'sed', 'psql', 'crudini', 'pg_conftool']);

const isOutput = ({ operator, target, stream = 1 }: ShellCommand['redirects'][number]): boolean =>
  /^(>|>>|>\||&>|&>>)$/.test(operator) && stream === 1 && target?.value !== '/dev/null';

/** Whether a command sets up a recovery from the log: how far, from where, or that there is one. */
export const setsUpRecovery = (one: PlacedCommand): boolean =>
  filesWritten(one.command).some((path) => /^(recovery\.(conf|signal)|standby\.signal)$/.test(fileOf(path))) ||
  SETTING.test(writtenText(one));

const SETTING = /\b(restore_command|recovery_target(_\w+)?)\b\s*=/i;

/** Whether a command says how far the log is to be replayed. */
export const setsTarget = (one: PlacedCommand): boolean => TARGET.test(writtenText(one));

const TARGET = /\brecovery_target(_(time|lsn|xid|name))?\s*=/i;

/** Where it is said, in the text of the command that says it. */
export function placeOfTarget({ command, script, within }: PlacedCommand): number {
  const at = command.redirects.some(({ body }) => body !== undefined) ? script.text.slice(within).search(TARGET) : -1;
  return at < 0 ? within : within + at;
}

const filesWritten = ({ program, words, redirects }: ShellCommand): readonly string[] => [
  ...redirects.filter(isOutput).flatMap(({ target }) => target?.value ?? []),
  ...(/^(touch|tee|cp|mv|install|ln|scp)$/.test(program) ? words.slice(1).map(({ value }) => value) : []),
];

/** Whether a command brings a physical copy of a server, on which log can be replayed. */
export function bringsBaseBackup({ command }: PlacedCommand): boolean {
  const words = command.words.map(({ value }) => value).join(' ');
  switch (command.program) {
    case 'pg_basebackup':
    case 'pg_combinebackup':
    case 'pg_rewind':
    case 'wal-g':
    case 'wal-e':
      return command.program.startsWith('pg_') || /\bbackup-fetch\b/.test(words);
    case 'pgbackrest':
      return /\brestore\b/.test(words);
    case 'barman':
      return /\b(recover|restore)\b/.test(words);
    case 'barman-cloud-restore':
      return true;
    case 'pg_probackup':
      return /\brestore\b/.test(words);
    case 'tar':
      return /^-?[A-Za-z]*x[A-Za-z]*$/.test(command.words[1]?.value ?? '') || /\s(-x\w*|--extract)(\s|$)/.test(words);
    case 'zfs':
    case 'lvconvert':
    case 'btrfs':
      return true;
    default:
      return COPIES.has(command.program) && /base([-_]?backup)?s?(\b|_)|physical/i.test(words);
  }
}

const COPIES = new Set(['cp', 'rsync', 'aws', 'gsutil', 'gcloud', 'azcopy', 'rclone', 'mv', 'scp', 'mc']);

/** Whether a command fetches pieces of the write-ahead log: where from and where to; undefined when it does not. */
export function fetchesLog({ command }: PlacedCommand): { readonly to: string } | undefined {
  if (!COPIES.has(command.program)) return undefined;
  const paths = command.words
    .slice(1)
    .map(({ value }) => value)
    .filter((value) => value.includes('/') && !value.startsWith('-'));
  const [from, to] = [paths.at(-2), paths.at(-1)];
  return from !== undefined && to !== undefined && WAL.test(from) ? { to } : undefined;
}

const WAL = /(^|[/_-])(wal|wals|pg_wal|pg_xlog|wal[-_]archive)(\/|$)/i;

/** What the plan calls its databases where they run: services of compose, containers, hosts. */
export const databaseNames = ({ components }: Plan): ReadonlySet<string> =>
  new Set(
    Object.values(components)
      .filter(({ kind }) => kind === 'database' || kind === 'postgres')
      .flatMap(({ ids }) =>
        Object.entries(ids).flatMap(([key, value]) => (/service|container|host|unit/.test(key) ? [value] : [])),
      ),
  );
