/*
 * The people of a company, in a process of their own: they say yes to every approval and confirmation, do every task, and say "retry"
 * where something stopped. Before they confirm, they put right what is wrong in a step that has not begun. They speak through the same use cases as the commands, and go home when they are killed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createRedactor } from '../../src/main/redactor.ts';
import { openServices } from '../../src/main/services.ts';
import { stepsAsEdited } from '../../src/model/edited.ts';
import { KnownError } from '../../src/model/errors.ts';
import type { WaitsFor } from '../../src/model/run.ts';
import { scenarioOfRun } from '../../src/model/run-scenario.ts';
import { foldRun, type RunState } from '../../src/model/run-state.ts';
import { approve } from '../../src/usecases/approve.ts';
import { confirm } from '../../src/usecases/confirm.ts';
import { decide } from '../../src/usecases/decide.ts';
import { editStep } from '../../src/usecases/edit-step.ts';
import type { Services } from '../../src/usecases/services.ts';
import { EDITED, UNEDITED } from './unedited.ts';

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
    if (kind === 'confirmation') await confirmRight(run, step, someone);
    else if (kind === 'approval') await say(approve({ run, step, reject: false }, someone));
    else await say(decide({ run, step, decision: kind === 'task' ? 'done' : 'retry', reason: 'I looked' }, someone));
  }
}

async function confirmRight(run: string, step: string, someone: Services): Promise<void> {
  for (const one of wrongSteps(foldRun(await someone.journal('state').events(run))))
    await say(editStep({ run, step: one, set: [`command=${EDITED}`], reason: 'It was wrong' }, someone));
  await say(confirm({ run, step, no: false }, someone));
}

function wrongSteps(state: RunState): readonly string[] {
  const steps = stepsAsEdited(scenarioOfRun(state), state);
  return steps.filter((step) => (step.with as { command?: string }).command === UNEDITED).map(({ id }) => id);
}

/** Whoever comes too late, or second, has nothing more to say. */
async function say(word: Promise<unknown>): Promise<void> {
  await word.catch((error: unknown) => {
    if (!(error instanceof KnownError && error.code === 'USAGE')) throw error;
  });
}
