import { peopleOf } from '../model/approvals.ts';
import { errorRecord } from '../model/errors.ts';
import { DECISIONS, type WaitsFor } from '../model/run.ts';
import { approve } from '../usecases/approve.ts';
import { approversNow, asksForEnvironment } from '../usecases/approvers.ts';
import { approveCommand } from '../usecases/asks.ts';
import { confirm } from '../usecases/confirm.ts';
import { decide } from '../usecases/decide.ts';
import type { KeptWord } from '../usecases/keep-word.ts';
import type { Services } from '../usecases/services.ts';
import { notCopiedLines } from './not-copied.ts';
import type { Waiting } from './questions.ts';
import type { Asker } from './run-view.ts';
import type { Screen } from './screen.ts';

/** Asks at the prompt for what a run waits for, one question at a time, until it is answered here or elsewhere. */
export function promptAsker(services: Services, screen: Screen): Asker {
  const ask = screen.ask;
  if (!ask) return silent;
  const open = new Map<string, AbortController>();
  let queue: Promise<void> = Promise.resolve();
  return {
    waits(waiting) {
      if (open.has(waiting.step)) return;
      const asking = new AbortController();
      open.set(waiting.step, asking);
      const signal = AbortSignal.any([asking.signal, screen.signal]);
      queue = queue.then(() => untilAnswered(waiting, { ask, signal, services, screen }));
    },
    answered(step) {
      open.get(step)?.abort();
      open.delete(step);
    },
  };
}

const silent: Asker = { waits: () => undefined, answered: () => undefined };

interface Asking {
  readonly ask: NonNullable<Screen['ask']>;
  readonly signal: AbortSignal;
  readonly services: Services;
  readonly screen: Screen;
}

/** A wrong word is asked again; only the end of the input or an answer from elsewhere ends it. */
async function untilAnswered(waiting: Waiting, asking: Asking): Promise<void> {
  while (!asking.signal.aborted) {
    try {
      if (await ASK[waiting.waitsFor.kind](waiting, asking)) return;
    } catch (error) {
      const { message, hint } = errorRecord(error);
      asking.screen.say(`      ${message}\n      → ${hint}`);
    }
  }
}

const ASK: Readonly<Record<WaitsFor['kind'], (waiting: Waiting, asking: Asking) => Promise<boolean>>> = {
  approval: askApproval,
  confirmation: askConfirmation,
  decision: askDecision,
  task: askDecision,
};

async function askApproval(
  { state, step, waitsFor }: Waiting,
  { ask, signal, services, screen }: Asking,
): Promise<boolean> {
  if (waitsFor.kind !== 'approval') return true;
  const people = approversNow(state, step, waitsFor, services.clock.now());
  if (people.length === 0) {
    screen.say(
      `      Nobody else may approve it. To go on without a second person: ${approveCommand(state, step, waitsFor)}`,
    );
    return true;
  }
  const by = await askWho(people, { ask, signal, services });
  if (by === undefined) return true;
  const yes = asksForEnvironment(state, waitsFor) ? state.origin.environment : 'yes';
  const answer = (await ask(`      Type ${yes} to approve as ${by}, or no: `, signal))?.trim();
  if (answer === undefined) return true;
  if (answer !== yes && answer !== 'no') {
    screen.say(`      "${answer}" is neither ${yes} nor no.`);
    return false;
  }
  const reason = answer === 'no' ? (await ask('      Why not? ', signal))?.trim() : undefined;
  if (answer === 'no' && reason === undefined) return true;
  // Typing the environment's name at the prompt says the same as --environment on the command line.
  const confirmed = { ...services, chosen: { ...services.chosen, environment: state.origin.environment } };
  const kept = await approve(
    { run: state.id, step, by, reject: answer === 'no', ...(reason ? { reason } : {}) },
    confirmed,
  );
  sayKept(kept, screen);
  return true;
}

async function askConfirmation(
  { state, step, waitsFor }: Waiting,
  { ask, signal, services, screen }: Asking,
): Promise<boolean> {
  if (waitsFor.kind !== 'confirmation') return true;
  const by = await askWho(peopleOf(state.origin, waitsFor.role), { ask, signal, services });
  if (by === undefined) return true;
  const answer = (
    await ask(`      Type yes when the world is right, or no to take it back, as ${by}: `, signal)
  )?.trim();
  if (answer === undefined) return true;
  if (answer !== 'yes' && answer !== 'no') {
    screen.say(`      "${answer}" is neither yes nor no.`);
    return false;
  }
  const reason = answer === 'no' ? (await ask('      What is not right? ', signal))?.trim() : undefined;
  if (answer === 'no' && reason === undefined) return true;
  const kept = await confirm({ run: state.id, step, by, no: answer === 'no', ...(reason ? { reason } : {}) }, services);
  sayKept(kept, screen);
  return true;
}

async function askWho(
  people: readonly string[],
  { ask, signal, services }: Pick<Asking, 'ask' | 'signal' | 'services'>,
): Promise<string | undefined> {
  if (people.includes(services.actor)) return services.actor;
  return (await ask(`      Who answers? (${people.join(', ')}): `, signal))?.trim();
}

async function askDecision(
  { state, step, waitsFor }: Waiting,
  { ask, signal, services, screen }: Asking,
): Promise<boolean> {
  const words = waitsFor.kind === 'task' ? ['done', 'failed'] : DECISIONS;
  const decision = (await ask(`      ${words.join(', ')}? `, signal))?.trim();
  if (decision === undefined) return true;
  const reason = (
    await ask(waitsFor.kind === 'task' ? '      What was found, or why not? ' : '      Why? ', signal)
  )?.trim();
  if (reason === undefined) return true;
  const kept = await decide({ run: state.id, step, decision, reason }, services);
  sayKept(kept, screen);
  return true;
}

const sayKept = (kept: KeptWord, { say }: Screen): void => {
  for (const line of notCopiedLines(kept)) say(`      ${line}`);
};
