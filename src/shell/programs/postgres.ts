import { hasOption, option, plainWords } from '../options.ts';
import type { ShellCommand, ShellScript, ShellWord } from '../script.ts';
import { fileOf, knownName } from '../values.ts';

const CONNECTION = ['-h', '--host', '-p', '--port', '-U', '--username', '-d', '--dbname', '-f', '--file', '-c', '--command', '-v', '--set', '--variable', '-o', '--output', '-L', '--log-file', '-P', '--pset', '-F', '--field-separator', '-R', '--record-separator', '-T']; // biome-ignore format: one list
const RESTORE = [...CONNECTION, '-j', '--jobs', '-n', '--schema', '-N', '--exclude-schema', '-t', '--table', '-I', '--index', '-S', '--superuser', '--role', '--section', '--format', '--use-list', '-l', '--lock-wait-timeout']; // biome-ignore format: one list

/** Where psql and its like connect to, as far as the command says so. */
export interface Connection {
  readonly host: string | undefined;
  readonly user: string | undefined;
  readonly database: string | undefined;
}

const CLIENTS = new Set([
  'psql',
  'pg_dump',
  'pg_dumpall',
  'pg_restore',
  'createdb',
  'dropdb',
  'pg_isready',
  'vacuumdb',
]);

/** Undefined when it is no client of PostgreSQL. */
export function postgresConnection(command: ShellCommand): Connection | undefined {
  if (!CLIENTS.has(command.program)) return undefined;
  const [plain] = plainWords(command, RESTORE);
  // pg_restore is given an archive there, not a database.
  const named = command.program === 'pg_restore' ? undefined : plain?.value;
  return {
    host: option(command, '-h', '--host'),
    user: option(command, '-U', '--username'),
    database: option(command, '-d', '--dbname') ?? named,
  };
}

/** Whether a client that is given this host asks the server of the machine it runs on. */
export const isLocalHost = (host: string | undefined): boolean =>
  host === undefined || /^(localhost|127\.0\.0\.1|::1|\/.*)$/.test(host);

/** Whether psql ends at the first error of a script, and says so with its exit status. */
export const stopsAtErrors = (command: ShellCommand): boolean =>
  command.words.some(({ value }) => /ON_ERROR_STOP(=(?!0|off|false)|$)/i.test(value)) ||
  command.redirects.some(({ body }) => /\\set\s+ON_ERROR_STOP(?!\s+(0|off|false)\b)/i.test(body ?? ''));

/** Whether psql prints values only, without headings, rulers and the number of rows: `-At`. */
export const printsBareValues = (command: ShellCommand): boolean =>
  hasCluster(command, 't', '--tuples-only') || hasOption(command, '--csv');

/** The text that psql is given to run from a file or a pipe, as the word that names it; undefined when it is given `-c` only. */
export function scriptOfPsql(command: ShellCommand): ShellWord | ShellCommand | undefined {
  if (command.program !== 'psql') return undefined;
  const file = wordBehind(command, '-f', '--file');
  if (file) return file;
  const redirect = command.redirects.find(({ operator }) => operator.startsWith('<'));
  if (redirect) return redirect.target ?? command;
  return command.reads;
}

/** One letter of a group such as `-qAt`. */
const hasCluster = ({ words }: ShellCommand, letter: string, long: string): boolean =>
  words.slice(1).some(({ value }) => value === long || (/^-[A-Za-z]+$/.test(value) && value.includes(letter)));

function wordBehind({ words }: ShellCommand, ...names: readonly string[]): ShellWord | undefined {
  const at = words.findIndex(({ value }) => names.includes(value));
  const joined = words.find(({ value }) => names.some((name) => name.startsWith('--') && value.startsWith(`${name}=`)));
  return at < 0 ? joined && { ...joined, value: joined.value.slice(joined.value.indexOf('=') + 1) } : words[at + 1];
}

/** What pg_restore or psql loads: the name of a file, as far as it is known, and whether it comes through a pipe. */
export interface Loaded {
  readonly name: string | undefined;
  readonly isPiped: boolean;
  /** The program at the head of the pipe, e.g. `pg_dump`. */
  readonly from: ShellCommand | undefined;
}

/** Undefined when the command loads nothing. */
export function loadedBy(command: ShellCommand, script: ShellScript): Loaded | undefined {
  if (command.program === 'pg_restore') {
    const onlyLooks = hasCluster(command, 'l', '--list') || hasOption(command, '--version', '--help');
    if (onlyLooks || wordBehind(command, '-f', '--file')) return undefined;
    const archive = plainWords(command, RESTORE).at(-1);
    if (archive) return { name: knownName(archive, script), isPiped: archive.value === '-', from: undefined };
  }
  if (command.program !== 'pg_restore' && command.program !== 'psql') return undefined;
  const source = command.program === 'psql' ? scriptOfPsql(command) : (command.reads ?? redirected(command));
  if (!source) return undefined;
  if (!('program' in source))
    return { name: knownName(source, script), isPiped: command.program !== 'psql', from: undefined };
  if (source === command) return undefined;
  const head = headOf(source);
  return { name: fileReadBy(head, script), isPiped: true, from: head };
}

const redirected = ({ redirects }: ShellCommand): ShellWord | undefined =>
  redirects.find(({ operator, target }) => operator === '<' && target)?.target;

const headOf = (command: ShellCommand): ShellCommand => (command.reads ? headOf(command.reads) : command);

/** The file that `gunzip -c x`, `zcat x`, `cat x` or `aws s3 cp x -` prints. */
function fileReadBy(command: ShellCommand, script: ShellScript): string | undefined {
  const words = plainWords(command).map((word) => knownName(word, script));
  const redirect = redirected(command);
  return [...words, redirect && knownName(redirect, script)].find((value) => value !== undefined && /[./]/.test(value));
}

/** Whether a file is a dump as SQL text, by its name. */
export const isPlainDump = (name: string): boolean => /\.sql(\.(gz|bz2|xz|zst|lz4|age|gpg))*$/.test(fileOf(name));

/** Whether a file is a dump of any kind, by its name. */
export const isDump = (name: string): boolean =>
  isPlainDump(name) || /\.(dump|pgdump|backup|dmp|pgc)(\.(gz|zst|age|gpg))*$/.test(fileOf(name));

/** Whether pg_dump writes SQL text, which it does unless told otherwise. */
export function dumpsPlainText(command: ShellCommand): boolean {
  if (!/^pg_dump(all)?$/.test(command.program)) return false;
  const isOtherFormat = /^(c|d|t)/.test(option(command, '-F', '--format') ?? 'plain');
  const isOtherAmongLetters = command.words.some(({ value }) => /^-\w*F[cdt]/.test(value));
  return !isOtherFormat && !isOtherAmongLetters;
}
