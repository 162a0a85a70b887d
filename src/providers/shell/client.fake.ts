import { KnownError } from '../../model/errors.ts';
import type { Command, Ended, ShellClient, Standing } from './client-api.ts';

/** A machine in memory. Its commands are words: `make x`, `unmake x`, `look x`, and `fail`. */
export interface FakeShell {
  readonly client: ShellClient;
  /** What the commands have made, and how often. */
  readonly made: Map<string, number>;
  /** Exit code of everything that is only asked, instead of what it would be. */
  answer?: number;
}

/** `host`: the name of this machine. */
export function fakeShell(host = 'here'): FakeShell {
  const attempts = new Map<string, { begun: boolean; ended?: Ended }>();
  const made = new Map<string, number>();
  const fake: FakeShell = {
    made,
    client: {
      host,
      environment: (given) =>
        Object.fromEntries(
          Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : `<${value.secret}>`]),
        ),
      standing: async (attempt) => standing(attempts.get(attempt)),
      prepare: async (attempt) => void attempts.set(attempt, attempts.get(attempt) ?? { begun: false }),
      async begin(attempt, { text }) {
        const known = attempts.get(attempt);
        if (!known) throw new KnownError('INTERNAL', 'nothing is prepared', 'This is a fault of the caller.');
        if (known.begun) return;
        attempts.set(attempt, { begun: true, ended: ended(carryOut(text, made)) });
      },
      async follow(attempt, { signal, log }) {
        const known = attempts.get(attempt);
        if (signal.aborted) {
          if (known?.ended) attempts.set(attempt, { begun: true, ended: { ...known.ended, stopped: true } });
          throw signal.reason;
        }
        log('it says something');
        return known?.ended as Ended;
      },
      stop: async () => undefined,
      ask: async ({ text }: Command, signal) => {
        signal.throwIfAborted();
        return ended(fake.answer ?? carryOut(text, made));
      },
    },
  };
  return fake;
}

function standing(known: { readonly begun: boolean; readonly ended?: Ended } | undefined): Standing {
  if (!known) return { state: 'lost', why: 'its folder is gone' };
  return known.ended ? { state: 'ended', ended: known.ended } : { state: 'absent' };
}

const ended = (code: number): Ended => ({
  code,
  stopped: false,
  seconds: 1,
  stdout: '{"done": true}\n',
  stderr: code === 0 ? '' : 'no such thing\n',
  whole: true,
  stdoutFile: '/kept/stdout.txt',
});

function carryOut(text: string, made: Map<string, number>): number {
  const [verb, thing = ''] = text.split(' ');
  if (verb === 'look') return made.has(thing) ? 0 : 1;
  if (verb === 'unmake') return made.delete(thing) ? 0 : 1;
  if (verb !== 'make') return 7;
  made.set(thing, (made.get(thing) ?? 0) + 1);
  return 0;
}
