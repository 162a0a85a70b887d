import { stderr, stdin, stdout } from 'node:process';
import { text } from 'node:stream/consumers';
import type { Globals } from '../cli/globals.ts';
import { runCli } from '../cli/run-cli.ts';
import { createRedactor } from './redactor.ts';
import { stopSignal } from './stop-signal.ts';
import { canAsk, canPaint, terminalQuestions, ttyQuestion } from './terminal.ts';
import { terminalKeys } from './terminal-keys.ts';
import { readVersion } from './version.ts';

/*
 * The program. Only what --version and --help need is loaded here; everything else comes when a command runs.
 */
const redactor = createRedactor();
const env = (name: string): string | undefined => process.env[name];
const self = {
  interrupt: () => void process.kill(process.pid, 'SIGINT'),
  suspend(goesOn: () => void): void {
    process.once('SIGCONT', goesOn);
    process.kill(process.pid, 'SIGTSTP');
  },
};
const out = writer(stdout);
const err = writer(stderr);
const questions = terminalQuestions(stdin, stdout, out.write);

const code = await runCli({
  argv: process.argv.slice(2),
  version: readVersion(),
  colour: stdout.isTTY === true && !env('NO_COLOR') && env('TERM') !== 'dumb',
  cwd: process.cwd(),
  signal: stopSignal(),
  out: questions.write,
  err: err.write,
  ...(canAsk(stdin, stdout) ? { ask: questions.ask, terminalKeys: terminalKeys(stdin, self) } : {}),
  ...(stdin.isTTY ? {} : { readInput: () => text(stdin), ...(stdout.isTTY ? { askAnyway: ttyQuestion } : {}) }),
  ...(canPaint(stdout, env('TERM')) ? { terminalSize: () => ({ columns: stdout.columns, rows: stdout.rows }) } : {}),
  redact: redactor.redact,
  openServices: async (globals: Globals) => {
    const { openServices } = await import('./services.ts');
    return openServices({ globals, env, redactor, version: readVersion() });
  },
});
await Promise.all([out.drained(), err.drained()]);
process.exit(code);

/** Writes that never throw: a reader that has gone (`| head`) must not stop a recovery. */
function writer(stream: NodeJS.WriteStream) {
  let last: Promise<void> = Promise.resolve();
  let gone = false;
  stream.on('error', () => {
    gone = true;
  });
  return {
    write(text: string): void {
      if (gone) return;
      last = new Promise((resolve) => stream.write(text, () => resolve()));
    },
    drained: (): Promise<void> => last,
  };
}
