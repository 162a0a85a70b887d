import { nearestOf } from '../lib/nearest.ts';
import { ERRORS, errorRecord, KnownError } from '../model/errors.ts';
import type { Services } from '../usecases/services.ts';
import { COMMANDS } from './commands/index.ts';
import type { AnyCommand } from './define-command.ts';
import type { Globals } from './globals.ts';
import { commandHelp, overview } from './help.ts';
import { asksForJson, type Parsed, parseInput } from './parse.ts';
import { colourPaint, type LiveTerminal, plainPaint, type ReadKeys, type Screen } from './screen.ts';
import { wholeCommands } from './whole-commands.ts';

/** Everything the command line touches, handed over by `main`, so that tests can watch it. */
export interface CliWorld {
  readonly argv: readonly string[];
  readonly version: string;
  readonly colour: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
  out(text: string): void;
  err(text: string): void;
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Asks at the terminal also where stdin is none. */
  readonly askAnyway?: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  readonly readInput?: () => Promise<string>;
  /** The size of the terminal that `out` goes to, where it is one that can be painted on. */
  readonly terminalSize?: () => { readonly columns: number; readonly rows: number };
  /** Its keys, where somebody can be asked there. */
  readonly terminalKeys?: ReadKeys;
  /** Opened only when a command runs, so that help and version stay quick. */
  openServices(globals: Globals): Promise<Services>;
  /** Takes secrets out of a text; works at any time, also before services are open. */
  redact(text: string): string;
}

/** Runs one command line and gives its exit code. Never throws. */
export async function runCli(world: CliWorld): Promise<number> {
  try {
    return await dispatch(world);
  } catch (error) {
    return fail(world, error, { complete: asWritten });
  }
}

async function dispatch(world: CliWorld): Promise<number> {
  const [first] = world.argv;
  if (first === '--version' || first === 'version' || first === '-V') return say(world, world.version);
  if (first === undefined || first === '--help' || first === '-h' || first === 'help')
    return say(world, overview(COMMANDS, world.version));
  const { command, rest } = await findCommand(world.argv);
  const parsed = parseInput(command, rest);
  if (parsed.globals.help) return say(world, commandHelp(command));
  return runCommand(world, command, parsed);
}

async function runCommand(world: CliWorld, command: AnyCommand, { globals, input }: Parsed): Promise<number> {
  const complete = wholeCommands(COMMANDS, globals, world.cwd);
  try {
    return await carryOut(world, command, { globals, input, complete });
  } catch (error) {
    return fail(world, error, { complete });
  }
}

async function carryOut(
  world: CliWorld,
  command: AnyCommand,
  { globals, input, complete }: Parsed & Completing,
): Promise<number> {
  const services = await world.openServices(globals);
  try {
    const screen = screenFor(world, globals, complete);
    const result = await command.run(input as never, services, screen);
    const text = () => (isVerbatim(command, result) ? asWritten : complete)(command.print(result, screen.paint));
    const output = globals.json ? JSON.stringify(result, jsonSafe(complete), 2) : text();
    if (output !== '') world.out(`${world.redact(output)}\n`);
    return command.exit?.(result) ?? 0;
  } finally {
    await services.close();
  }
}

const isVerbatim = ({ verbatim }: AnyCommand, result: unknown): boolean =>
  typeof verbatim === 'function' ? verbatim(result) : verbatim === true;

/** Makes commands that a text names ready to be copied. */
interface Completing {
  readonly complete: (text: string) => string;
}

const asWritten = (text: string): string => text;

function screenFor(world: CliWorld, globals: Globals, complete: Completing['complete']): Screen {
  const write = globals.json ? world.err : world.out;
  const ready = (text: string): string => world.redact(complete(text));
  const live = globals.json ? undefined : liveTerminal(world, ready);
  return {
    say: (line) => write(`${ready(line)}\n`),
    paint: world.colour && !globals.json ? colourPaint : plainPaint,
    signal: world.signal,
    ...(world.ask && !globals.json ? { ask: world.ask } : {}),
    ...(world.askAnyway && !globals.json ? { askAnyway: world.askAnyway } : {}),
    ...(world.readInput ? { readInput: world.readInput } : {}),
    ...(live ? { live } : {}),
  };
}

function liveTerminal({ terminalSize, terminalKeys, out }: CliWorld, ready: LiveTerminal['ready']) {
  if (!terminalSize) return undefined;
  return { size: terminalSize, write: out, ready, ...(terminalKeys ? { keys: terminalKeys } : {}) };
}

/** Commands have one or two words: `check`, `evidence verify`. */
async function findCommand(argv: readonly string[]): Promise<{ command: AnyCommand; rest: readonly string[] }> {
  const two = argv.slice(0, 2).join(' ');
  const entry = COMMANDS.find(({ name }) => name === two) ?? COMMANDS.find(({ name }) => name === argv[0]);
  if (entry) return { command: await entry.load(), rest: argv.slice(entry.name.split(' ').length) };
  const parts = COMMANDS.filter(({ name }) => name.startsWith(`${argv[0]} `)).map(({ name }) => name);
  if (parts.length > 0)
    throw new KnownError('USAGE', `"lifeboat ${argv[0]}" needs a second word`, `One of: ${parts.join(', ')}`);
  const names = COMMANDS.map(({ name }) => name);
  const meant = nearestOf(two, names) ?? nearestOf(argv[0] ?? '', names);
  throw new KnownError(
    'USAGE',
    `there is no command "${argv[0]}"`,
    meant ? `Did you mean "lifeboat ${meant}"?` : 'See: lifeboat --help',
  );
}

function say(world: CliWorld, text: string): number {
  world.out(`${text}\n`);
  return 0;
}

function fail(world: CliWorld, thrown: unknown, { complete }: Completing): number {
  const json = asksForJson(world.argv);
  const debug = world.argv.includes('--debug');
  const error = world.signal.aborted && !(thrown instanceof KnownError) ? interrupted(thrown) : thrown;
  const known = errorRecord(error);
  const record = { ...known, hint: complete(known.hint) };
  const { exit } = ERRORS[record.code];
  if (json) world.out(`${world.redact(JSON.stringify({ error: record }, null, 2))}\n`);
  else world.err(`${world.redact(errorText(record, exit))}\n`);
  if (debug && error instanceof Error) world.err(`${world.redact(error.stack ?? '')}\n`);
  return exit;
}

/** Whatever breaks off because somebody pressed Ctrl-C is no fault of ours. */
const interrupted = (cause: unknown): KnownError =>
  new KnownError('INTERRUPTED', 'stopped before it was done', 'Run the same command again.', cause);

const errorText = (record: { code: string; message: string; hint: string }, exit: number): string =>
  `lifeboat: ${record.message}\n  → ${record.hint}\n  (${record.code}, exit ${exit})`;

/** In data only what tells a person how to go on is completed; everything else stays exactly as it is. */
const jsonSafe =
  (complete: Completing['complete']) =>
  (key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return value.toString();
    if (key === 'commands' && Array.isArray(value)) return value.map(complete);
    return typeof value === 'string' && TELLS_HOW.has(key) ? complete(value) : value;
  };

const TELLS_HOW: ReadonlySet<string> = new Set(['hint', 'sentence', 'command', 'resume']);
