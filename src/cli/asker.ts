import { errorRecord } from '../model/errors.ts';
import { DECISIONS } from '../model/run.ts';
import { approve, approversOf, asksForEnvironment } from '../usecases/approve.ts';
import { decide } from '../usecases/decide.ts';
import type { Services } from '../usecases/services.ts';
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
      const done =
        waiting.waitsFor.kind === 'approval' ? await askApproval(waiting, asking) : await askDecision(waiting, asking);
      if (done) return;
    } catch (error) {
      const { message, hint } = errorRecord(error);
      asking.screen.say(`      ${message}\n      → ${hint}`);
    }
  }
}

async function askApproval(
  { state, step, waitsFor }: Waiting,
  { ask, signal, services, screen }: Asking,
): Promise<boolean> {
  if (waitsFor.kind !== 'approval') return true;
  const by = await askWho(approversOf(state, waitsFor.role), { ask, signal, services });
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
  await approve({ run: state.id, step, by, reject: answer === 'no', ...(reason ? { reason } : {}) }, confirmed);
  return true;
}

async function askWho(
  people: readonly string[],
  { ask, signal, services }: Pick<Asking, 'ask' | 'signal' | 'services'>,
): Promise<string | undefined> {
  if (people.includes(services.actor)) return services.actor;
  return (await ask(`      Who answers? (${people.join(', ')}): `, signal))?.trim();
}

async function askDecision({ state, step, waitsFor }: Waiting, { ask, signal, services }: Asking): Promise<boolean> {
  const words = waitsFor.kind === 'task' ? ['done', 'failed'] : DECISIONS;
  const decision = (await ask(`      ${words.join(', ')}? `, signal))?.trim();
  if (decision === undefined) return true;
  const reason = (
    await ask(waitsFor.kind === 'task' ? '      What was found, or why not? ' : '      Why? ', signal)
  )?.trim();
  if (reason === undefined) return true;
  await decide({ run: state.id, step, decision, reason }, services);
  return true;
}
