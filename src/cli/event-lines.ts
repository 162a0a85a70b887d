import { formatDuration } from '../lib/duration.ts';
import type { JournalEvent } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import type { RunOutline } from '../model/run-steps.ts';
import { approvalText, decisionText, openDecisions, taskText, type Waiting } from './questions.ts';
import type { Paint } from './screen.ts';

/** What happened, told in lines that say all in words. */
export function eventLines(event: JournalEvent, state: RunState, outline: RunOutline, paint: Paint): readonly string[] {
  switch (event.type) {
    case 'run.created':
      return [
        paint.bold(`Run ${event.run}: ${event.scenario} in ${event.environment}`),
        `  To follow it from another terminal: lifeboat attach ${event.run}`,
      ];
    case 'run.claimed':
      return event.epoch > 1 ? resumedLines(state, outline) : [];
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
      return [stepLine(event, state, outline, paint)].flat();
  }
}

/** What happened before somebody came to look: how each step ended, shortly, and how many more there were. */
export function replayLines(state: RunState, outline: RunOutline, paint: Paint): readonly string[] {
  const ended = [...state.steps.values()].flatMap(({ id, progress }) => {
    const name = titled(id, outline);
    if (progress.status === 'succeeded') return [paint.good(`  ✔ ${name}`)];
    if (progress.status === 'failed') return [paint.bad(`  ✘ ${name}: ${progress.error.message}`)];
    if (progress.status === 'skipped') return [`  - ${name} is left out: ${progress.why}`];
    return progress.status === 'running' ? [`  ▸ ${name}`] : [];
  });
  const { id, origin, createdAt, createdBy } = state;
  return [
    paint.bold(`Run ${id}: ${origin.scenario} in ${origin.environment}, begun by ${createdBy} at ${createdAt}`),
    ...(ended.length > REPLAYED ? [`  (${ended.length - REPLAYED} steps before: lifeboat status ${id})`] : []),
    ...ended.slice(-REPLAYED),
  ];
}

/** More would push what counts off the screen. */
const REPLAYED = 10;

function resumedLines(state: RunState, outline: RunOutline): readonly string[] {
  const done = outline.steps.filter(({ step: { id } }) => {
    const status = state.steps.get(id)?.progress.status;
    return status === 'succeeded' || status === 'skipped';
  }).length;
  const open = openDecisions(state).flatMap((waiting) => decisionText(waiting, titled(waiting.step, outline)));
  return [`Resumed ${state.id}: ${done} of ${outline.steps.length} steps were done before.`, ...open];
}

type StepEvent = Extract<JournalEvent, { readonly step: string; readonly type: `step.${string}` }>;

function stepLine(event: StepEvent, state: RunState, outline: RunOutline, paint: Paint): string | readonly string[] {
  const name = titled(event.step, outline);
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
      return questionLines({ state, step: event.step, waitsFor: event.waitsFor }, outline);
    case 'step.answered':
      return `  ${event.by} said "${event.outcome}" about ${name}${event.answer === '' ? '' : `: ${event.answer}`}`;
    case 'step.holds':
      return `      ${name} waits until ${event.until}`;
    case 'step.noted':
      return [];
  }
}

/** What a step that waits asks of a person. */
export function questionLines(waiting: Waiting, outline: RunOutline): readonly string[] {
  const name = titled(waiting.step, outline);
  if (waiting.waitsFor.kind === 'task') return taskText(waiting, name);
  return waiting.waitsFor.kind === 'approval' ? approvalText(waiting, name) : decisionText(waiting, name);
}

/** `[2/9] load: Load the dump`; a step that the plan does not list is known by its name alone. */
export function titled(id: string, { steps }: RunOutline): string {
  const index = steps.findIndex(({ step }) => step.id === id);
  const title = steps[index]?.step.title;
  const place = index < 0 ? '' : `[${index + 1}/${steps.length}] `;
  return `${place}${id}${title ? `: ${title}` : ''}`;
}

function took(event: StepEvent, state: RunState): string {
  const startedAt = state.steps.get(event.step)?.startedAt;
  return startedAt === undefined ? '' : ` in ${formatDuration(Date.parse(event.at) - Date.parse(startedAt))}`;
}
