import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import type { JournalEvent } from '../model/run.ts';
import { approve } from '../usecases/approve.ts';
import { prepareOrigin } from '../usecases/recover.ts';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { runCli } from './run-cli.ts';
import { runView } from './run-view.ts';
import { plainPaint, type ReadKeys } from './screen.ts';
import { answering } from './testing/fake-keys.ts';
import { fakeTerminal } from './testing/fake-terminal.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

interface Typed {
  readonly terminal?: ReturnType<typeof fakeTerminal>;
  /** Somebody at the keys of the terminal. */
  readonly keys?: ReadKeys;
  readonly ask?: (question: string) => Promise<string | undefined>;
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** Whoever begins a run may not approve it: bob begins, ada approves. */
  readonly actor?: string;
}

/** A person at a terminal, in a process of his own. */
async function typed(argv: readonly string[], { terminal, keys, ask, onText, signal, actor = 'bob' }: Typed = {}) {
  const journal = rig.journal.anotherProcess();
  let out = '';
  const code = await runCli({
    argv,
    version: '1',
    colour: false,
    cwd: '/here',
    signal: signal ?? new AbortController().signal,
    out(text) {
      out += text;
      terminal?.write(text);
      onText?.(text);
    },
    err: (text) => {
      out += text;
    },
    ...(terminal ? { terminalSize: terminal.size } : {}),
    ...(ask ? { ask } : {}),
    ...(keys ? { terminalKeys: keys, ask: nobody } : {}),
    openServices: async ({ environment }) => ({
      ...rig.services({ journal: () => journal, actor }),
      chosen: environment === undefined ? {} : { environment },
    }),
    redact: (text) => text,
  });
  return { code, out };
}

const FIRE = ['recover', 'fire', '--set', 'cause=a candle', '--environment', 'production'];
const answers: readonly (readonly [string, string])[] = [
  ['Who answers? (ada)', 'ada'],
  ['Type production to approve as ada', 'production'],
];
const nobody = () => Promise.reject(new Error('below a block nobody is asked but by its keys'));
const yes = async (question: string) => answers.find(([part]) => question.includes(part))?.[1];

describe('on a terminal', () => {
  test('a block stands below the log while it runs, and only the log and the summary stay', async () => {
    const terminal = fakeTerminal();
    const frames: string[] = [];
    const { code } = await typed(FIRE, {
      terminal,
      keys: answering(terminal, answers),
      onText: () => void frames.push(terminal.screen()),
    });
    expect(code).toBe(0);
    expect(frames.join('\n')).toMatch(/── fire in production · run-\d+ ─+ 03:\d\d:\d\d UTC ──\nRTO 1h: /);
    expect(frames.join('\n')).toContain('\nDone 1 of 4\n');
    expect(terminal.all()).toMatch(
      /✔ \[4\/4\] unblock: Let people in in \S+\n {6}Put back: blocked:door\n\nRecovered:/,
    );
  });

  test('--plain, a pipe and --json get lines and nothing that moves the cursor', async () => {
    const approving = (text: string) => {
      const [, run] = /lifeboat approve (\S+) rebuild/.exec(text) ?? [];
      if (run !== undefined)
        void approve(
          { run, step: 'rebuild', by: 'ada', reject: false },
          rig.services({ chosen: { environment: 'production' } }),
        );
    };
    const plain = await typed([...FIRE, '--plain'], { terminal: fakeTerminal(), onText: approving });
    const pipe = await typed(FIRE, { onText: approving });
    for (const { code, out } of [plain, pipe]) {
      expect(code).toBe(0);
      expect(out).not.toContain('\u001b');
    }
  });

  test('--log keeps the same events in a file, also over a resume', async () => {
    const file = join(rig.folder, 'night.log');
    const stop = new AbortController();
    const interrupt = (text: string) => text.includes('waits for 1 approval') && stop.abort(new Error('stopped'));
    await typed([...FIRE, '--log', file], { onText: interrupt, signal: stop.signal });
    await typed(['recover', '--resume', '--log', file], { ask: yes });
    const numbers = [...readFileSync(file, 'utf8').matchAll(/ #(\d+) /g)].map(([, seq]) => Number(seq));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(readFileSync(file, 'utf8')).toMatch(/#\d+ step.succeeded by bob: ✔ \[4\/4\] unblock: Let people in in /);
    expect((await typed([...FIRE, '--log', '/no/such/folder/x'])).code).toBe(2);
  });

  test('the last output of a step that failed stays in the log', async () => {
    const terminal = fakeTerminal(80, 60);
    const screen = { say: () => undefined, paint: plainPaint, signal: new AbortController().signal, live: terminal };
    const view = runView(screen, rig.services());
    for (const event of happened()) view.watch({ kind: 'event', event });
    view.watch({ kind: 'output', step: 'block', line: '\u001b[31mdoor is stuck\u001b[0m\u0007' });
    const error = { code: 'TARGET_FAILED', message: 'no', hint: 'Push.' } as const;
    view.watch({ kind: 'event', event: event(3, { type: 'step.failed', step: 'block', error }) });
    view.close();
    expect(terminal.all()).toContain('✘ [1/4] block: Keep people out: no\n      → Push.\n      door is stuck');
  });

  test('an event that a newer Lifeboat wrote is told and breaks nothing', () => {
    const lines: string[] = [];
    const screen = {
      say: (line: string) => void lines.push(line),
      paint: plainPaint,
      signal: new AbortController().signal,
    };
    const view = runView(screen, rig.services());
    for (const one of happened()) view.watch({ kind: 'event', event: one });
    view.watch({ kind: 'event', event: event(3, { type: 'moon.rose' } as never) });
    view.watch({ kind: 'event', event: event(4, { type: 'step.sang', step: 'block' } as never) });
    view.watch({ kind: 'event', event: event(5, { type: 'run.impact', impactAt: 'then', source: 'x' }) });
    expect(lines.slice(-3)).toEqual([
      '  ada: moon.rose, which this Lifeboat does not know. Was the run begun by a newer one?',
      '  ada: step.sang, which this Lifeboat does not know. Was the run begun by a newer one?',
      '  The damage was done at then (x).',
    ]);
  });
});

const event = (seq: number, what: object): JournalEvent =>
  ({ run: 'run-0', seq, at: rig.clock.now().toISOString(), by: 'ada', prev: '', ...what }) as JournalEvent;

function happened(): readonly JournalEvent[] {
  const origin = prepareOrigin({ scenario: 'fire', set: ['cause=x'] }, rig.services());
  const owner = { host: 'laptop', pid: 1, startedAt: 'then' };
  return [event(1, { type: 'run.created', ...origin }), event(2, { type: 'run.claimed', epoch: 1, owner })];
}

describe('attach', () => {
  test('tells what was, shows what is, and answers what is asked', async () => {
    const terminal = fakeTerminal();
    let attached: ReturnType<typeof typed> | undefined;
    const { code } = await typed(FIRE, {
      onText: (text) => {
        if (text.includes('waits for 1 approval'))
          attached ??= typed(['attach'], { terminal, keys: answering(terminal, answers), actor: 'ada' });
      },
    });
    expect(code).toBe(0);
    const told = await attached;
    expect(told?.code).toBe(0);
    expect(terminal.all()).toMatch(/^Run run-\d+: fire in production, begun by bob at 2026/);
    expect(terminal.all()).toContain(
      '  ✔ [1/4] block: Keep people out\n  ? [2/4] rebuild: Build it again waits for 1 approval',
    );
    expect(told?.out).toContain('ada approved [2/4] rebuild');
    expect(terminal.all()).toContain('Recovered: There was a fire');
    expect(terminal.all().match(/✔ \[1\/4\]/g)).toHaveLength(1);
  });

  test('of a paused run leaves no open question on the screen, and ends with its exit code', async () => {
    rig.world.troubles.set('house', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
    await typed(FIRE, {
      onText: (text) => {
        const [, run] = /lifeboat approve (\S+) rebuild/.exec(text) ?? [];
        const services = rig.services({ chosen: { environment: 'production' } });
        if (run !== undefined) void approve({ run, step: 'rebuild', by: 'ada', reject: false }, services);
      },
    });
    const terminal = fakeTerminal();
    const [, run] = /(run-\d+)/.exec((await typed(['runs'])).out) ?? [];
    const asked: string[] = [];
    const { code } = await typed(['attach', run as string], {
      terminal,
      keys: answering(terminal, []),
      onText: () => void asked.push(terminal.screen()),
    });
    expect(asked.join('\n')).toContain('abort?');
    expect(code).toBe(12);
    expect(terminal.all()).toContain('needs a decision: no entry');
    expect(terminal.all()).not.toContain('abort?');
  });

  test('Ctrl-C leaves the run alone and says so', async () => {
    const leave = new AbortController();
    let attached: ReturnType<typeof typed> | undefined;
    const { code } = await typed(FIRE, {
      onText: (text) => {
        if (!text.includes('waits for 1 approval') || attached) return;
        attached = typed(['attach'], { signal: leave.signal, onText: () => leave.abort(new Error('Ctrl-C')) });
        void attached.then(async () => {
          const [, run] = /lifeboat approve (\S+) rebuild/.exec((await typed(['status'])).out) ?? [];
          const services = rig.services({ chosen: { environment: 'production' } });
          await approve({ run: run as string, step: 'rebuild', by: 'ada', reject: false }, services);
        });
      },
    });
    expect(code).toBe(0);
    const left = await attached;
    expect(left?.code).toBe(75);
    expect(left?.out).toMatch(
      /you no longer follow run-\d+; the run itself goes on\n {2}→ Follow it again with: lifeboat attach run-/,
    );
  });
});
