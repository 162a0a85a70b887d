import type { RunSummary } from '../model/journal.ts';
import { lookedWords } from '../model/looked.ts';
import { findState } from './find-plan.ts';
import { newestRun } from './find-run.ts';
import { type RunResult, resultOf } from './run-result.ts';
import type { Services } from './services.ts';

export interface StatusResult extends RunResult {
  /** The whole situation in one sentence. */
  readonly sentence: string;
  readonly owner_state: RunSummary['ownerState'];
  readonly now: string;
}

/** How a run stands: the one named, else the newest. */
export async function status(run: string | undefined, services: Services): Promise<StatusResult> {
  const id = run ?? (await newestRun(services));
  const journal = services.journal(findState(services));
  const result = resultOf(await journal.events(id));
  const ownerState = (await journal.runs()).find((summary) => summary.id === id)?.ownerState ?? 'none';
  const now = services.clock.now().toISOString();
  return { ...result, sentence: sentenceOf(result, ownerState), owner_state: ownerState, now };
}

function sentenceOf(result: RunResult, owner: RunSummary['ownerState']): string {
  const done = result.steps.filter(({ status: step }) => step === 'succeeded' || step === 'skipped').length;
  const progress = `${done} of ${result.steps.length} steps done`;
  const name = `${result.run} (${result.scenario}, ${result.environment})`;
  const waiting = result.steps.find(({ waits_for }) => waits_for !== undefined);
  if (result.status === 'succeeded') return `${name} succeeded: the service is healthy again.`;
  if (result.status === 'failed') return `${name} failed: ${result.error?.message ?? 'no reason is known'}.`;
  if (result.status === 'canceled') return `${name} was canceled.`;
  if ((owner === 'gone' || owner === 'none') && waiting?.waits_for === 'decision')
    return `${name} stands still, ${progress}: a person must decide about the step ${waiting.id}, and then go on with: lifeboat recover --resume ${result.run}`;
  if (owner === 'gone' || owner === 'none')
    return `${name} stands still, ${progress}: nobody drives it. Go on with: lifeboat recover --resume ${result.run}`;
  if (waiting?.task)
    return `${name} waits for somebody at the step ${waiting.id}, ${progress}: ${waiting.task.instruction}${meanwhile(waiting)} When it is done: lifeboat decide ${result.run} ${waiting.id} done --reason "…"`;
  if (waiting) return `${name} waits for a person's ${waiting.waits_for} at the step ${waiting.id}, ${progress}.`;
  const looking = result.steps.find(({ looks }) => looks !== undefined);
  if (looking?.looks)
    return `${name} is under way, ${progress}: the step ${looking.id} waits until ${lookedWords(looking.looks)}.`;
  const held = result.steps.find(({ held_until }) => held_until !== undefined);
  if (held) return `${name} is under way, ${progress}: the step ${held.id} waits until ${held.held_until}.`;
  return `${name} is under way, ${progress}.`;
}

const meanwhile = ({ looks }: RunResult['steps'][number]): string =>
  looks === undefined ? '' : ` It ends by itself when ${lookedWords(looks)}.`;
