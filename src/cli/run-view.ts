import { formatDuration } from '../lib/duration.ts';
import { Plan, type Step } from '../model/plan.ts';
import type { JournalEvent, WaitsFor } from '../model/run.ts';
import { applyEvent, foldRun, type RunState } from '../model/run-state.ts';
import type { Happening } from '../usecases/happening.ts';
import { approvalText, decisionText } from './questions.ts';
import type { Screen } from './screen.ts';

/** A step that waits for a person, as the view knows it. */
export interface Waiting {
  readonly state: RunState;
  readonly step: string;
  readonly waitsFor: WaitsFor;
}

export interface RunView {
  /** Events up to this number happened in an earlier process: they are taken in and not shown again. */
  resumes(lastSeq: number): void;
  watch(happening: Happening): void;
}

/** Somebody who is told when a step begins to wait and when it no longer does. */
export interface Asker {
  waits(waiting: Waiting): void;
  answered(step: string): void;
}

/** Turns what happens in a run into lines, live. Lines say all in words, so that they are good in a pipe too. */
export function runView(screen: Screen, asker: Asker): RunView {
  let state: RunState | undefined;
  let steps: readonly Step[] = [];
  let shownFrom = 0;
  return {
    resumes(lastSeq) {
      shownFrom = lastSeq + 1;
    },
    watch(happening) {
      if (happening.kind === 'output') return screen.say(`      ${screen.paint.dim(happening.line)}`);
      const { event } = happening;
      const before = state;
      state = before ? applyEvent(before, event) : foldRun([event]);
      if (!before) steps = stepsOf(state);
      if (event.seq < shownFrom) return;
      for (const line of linesFor(event, state, steps, screen)) screen.say(line);
      tellAsker(event, state, asker);
    },
  };
}

const stepsOf = ({ origin }: RunState): readonly Step[] =>
  Plan.parse(origin.plan).scenarios[origin.scenario]?.steps ?? [];

function linesFor(event: JournalEvent, state: RunState, steps: readonly Step[], { paint }: Screen): readonly string[] {
  switch (event.type) {
    case 'run.created':
      return [
        paint.bold(`Run ${event.run}: ${event.scenario} in ${event.environment}`),
        `  To look at it from another terminal: lifeboat status ${event.run}`,
      ];
    case 'run.claimed':
      return event.epoch > 1 ? resumedLines(state, steps) : [];
    case 'run.impact':
      return [`  The damage was done at ${event.impactAt} (${event.source}).`];
    case 'run.healthy':
      return [paint.good(`  The service is healthy again at ${event.at}.`)];
    case 'run.canceled':
      return [`  ${event.by} canceled the run: ${event.reason}`];
    case 'obligation.opened':
      return [paint.warn(`      To be put back before the run may close: ${event.obligation.what}`)];
    case 'obligation.settled':
      return [`      Put back: ${event.id}`];
    case 'run.paused':
    case 'run.succeeded':
    case 'run.failed':
      return [];
    default:
      return [stepLine(event, state, steps, paint)].flat();
  }
}

function resumedLines(state: RunState, steps: readonly Step[]): readonly string[] {
  const done = steps.filter(({ id }) => {
    const status = state.steps.get(id)?.progress.status;
    return status === 'succeeded' || status === 'skipped';
  }).length;
  const open = openDecisions(state).flatMap((waiting) => decisionText(waiting, titled(waiting.step, steps)));
  return [`Resumed ${state.id}: ${done} of ${steps.length} steps were done before.`, ...open];
}

type StepEvent = Extract<JournalEvent, { readonly step: string; readonly type: `step.${string}` }>;

function stepLine(
  event: StepEvent,
  state: RunState,
  steps: readonly Step[],
  paint: Screen['paint'],
): string | readonly string[] {
  const name = titled(event.step, steps);
  switch (event.type) {
    case 'step.started':
      return `  ▸ ${name}${event.attempt > 1 ? ` (try ${event.attempt})` : ''}`;
    case 'step.succeeded':
      return paint.good(`  ✔ ${name}${took(event, state)}${event.how === 'ran' ? '' : ` (${event.how})`}`);
    case 'step.failed':
      return [paint.bad(`  ✘ ${name}${took(event, state)}: ${event.error.message}`), `      → ${event.error.hint}`];
    case 'step.retrying':
      return `  ↻ ${name}: ${event.error.message}; tried again at ${event.notBefore}`;
    case 'step.skipped':
      return `  - ${name} is left out: ${event.why}`;
    case 'step.approved':
      return `  ${event.by} approved ${name}`;
    case 'step.rejected':
      return paint.bad(`  ${event.by} said no to ${name}: ${event.reason}`);
    case 'step.decided':
      return `  ${event.by} decided "${event.decision}" about ${name}: ${event.reason}`;
    case 'step.undoing':
      return `  ◂ taking back ${name}`;
    case 'step.undone':
      return event.impossible ? paint.warn(`  ${name} stays: ${event.impossible}`) : `  ◂ took back ${name}`;
    case 'step.waiting':
      return event.waitsFor.kind === 'approval'
        ? approvalText({ state, step: event.step, waitsFor: event.waitsFor }, name)
        : decisionText({ state, step: event.step, waitsFor: event.waitsFor }, name);
    case 'step.noted':
      return [];
  }
}

function titled(id: string, steps: readonly Step[]): string {
  const index = steps.findIndex((step) => step.id === id);
  const title = steps[index]?.title;
  return `[${index + 1}/${steps.length}] ${id}${title ? `: ${title}` : ''}`;
}

function took(event: StepEvent, state: RunState): string {
  const startedAt = state.steps.get(event.step)?.startedAt;
  return startedAt === undefined ? '' : ` in ${formatDuration(Date.parse(event.at) - Date.parse(startedAt))}`;
}

/** Decisions that an earlier process asked for. Approvals are asked for anew, with what would change now. */
const openDecisions = (state: RunState): readonly Waiting[] =>
  [...state.steps.values()].flatMap(({ id, progress }) =>
    progress.status === 'waiting' && progress.waitsFor.kind === 'decision'
      ? [{ state, step: id, waitsFor: progress.waitsFor }]
      : [],
  );

function tellAsker(event: JournalEvent, state: RunState, asker: Asker): void {
  if (event.type === 'run.claimed') {
    for (const waiting of openDecisions(state)) asker.waits(waiting);
    return;
  }
  if (!('step' in event) || !event.type.startsWith('step.')) return;
  const progress = state.steps.get(event.step)?.progress;
  if (progress?.status === 'waiting') asker.waits({ state, step: event.step, waitsFor: progress.waitsFor });
  else asker.answered(event.step);
}
