/*
 * `lifeboat`, with one difference: it kills itself with -9 right after the n-th event that it wrote became durable.
 * DIE_AFTER says n; DIE_AT says of which kind the event is (moment-kinds.ts). Everything else is composed as in the real program.
 */
import { runCli } from '../../src/cli/run-cli.ts';
import { crashAfter } from '../../src/journal/crash-after.fake.ts';
import { createRedactor } from '../../src/main/redactor.ts';
import { openServices } from '../../src/main/services.ts';
import { stopSignal } from '../../src/main/stop-signal.ts';
import type { RunJournal } from '../../src/model/journal.ts';
import { kindOf } from './moment-kinds.ts';

const redactor = createRedactor();
const dieAfter = Number(process.env.DIE_AFTER);
const dieAt = process.env.DIE_AT;
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

/** Dies right after an event of the kind to die at became durable. */
function crashAt(journal: RunJournal): RunJournal {
  return {
    ...journal,
    async create(run) {
      const claim = await journal.create(run);
      if (kindOf(run.origin) === dieAt) die();
      return claim;
    },
    async append(claim, by, events) {
      const kept = await journal.append(claim, by, events);
      if (kept.some((event) => kindOf(event) === dieAt)) die();
      return kept;
    },
  };
}

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  version: '0.0.0',
  colour: false,
  cwd: process.cwd(),
  signal: stopSignal(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  redact: redactor.redact,
  openServices: async (globals) => {
    const services = openServices({ globals, env: (name) => process.env[name], redactor, version: '0.0.0' });
    const journals = new Map<string, RunJournal>();
    const mortal = (folder: string): RunJournal => {
      const journal = journals.get(folder) ?? crashAt(crashAfter(services.journal(folder), dieAfter, die));
      journals.set(folder, journal);
      return journal;
    };
    return { ...services, journal: mortal };
  },
});
process.exit();
