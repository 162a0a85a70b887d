/*
 * The people of a company, in a process of their own: they say yes to every approval, do every task, and say "retry" where something
 * stopped. They speak through the same use cases as the commands, and go home when they are killed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createRedactor } from '../../src/main/redactor.ts';
import { openServices } from '../../src/main/services.ts';
import { KnownError } from '../../src/model/errors.ts';
import type { WaitsFor } from '../../src/model/run.ts';
import { foldRun } from '../../src/model/run-state.ts';
import { approve } from '../../src/usecases/approve.ts';
import { decide } from '../../src/usecases/decide.ts';
import type { Services } from '../../src/usecases/services.ts';

const PEOPLE = ['bob', 'cy'];
const globals = { plan: 'lifeboat.yaml', state: 'state', environment: 'production' };
const services = (actor: string): Services =>
  openServices({
    globals: { ...globals, json: false, debug: false } as unknown as Parameters<typeof openServices>[0]['globals'],
    env: (name) => (name === 'LIFEBOAT_USER' ? actor : process.env[name]),
    redactor: createRedactor(),
    version: '0.0.0',
  });
const everybody = PEOPLE.map(services);

for (; ; await pause(100)) {
  const [one] = everybody as [Services, Services];
  const journal = one.journal('state');
  for (const { id, status } of await journal.runs()) {
    if (!['waiting', 'paused'].includes(status)) continue;
    for (const { id: step, progress } of foldRun(await journal.events(id)).steps.values())
      if (progress.status === 'waiting') await answer(id, step, progress.waitsFor);
  }
}

async function answer(run: string, step: string, { kind }: WaitsFor): Promise<void> {
  for (const someone of everybody) {
    if (kind === 'approval') await say(approve({ run, step, reject: false }, someone));
    else await say(decide({ run, step, decision: kind === 'task' ? 'done' : 'retry', reason: 'I looked' }, someone));
  }
}

/** Whoever comes too late, or second, has nothing more to say. */
async function say(word: Promise<unknown>): Promise<void> {
  await word.catch((error: unknown) => {
    if (!(error instanceof KnownError && error.code === 'USAGE')) throw error;
  });
}
