import { formatDuration } from '../lib/duration.ts';
import { approversFor, notFor } from '../model/approvals.ts';
import { groundLines } from '../model/ground-words.ts';
import { itemsDone, itemsText, wholeOfItem } from '../model/items-done.ts';
import type { JournalEvent } from '../model/run.ts';
import { scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import type { RunOutline } from '../model/run-steps.ts';
import { approvalText, confirmationText, decisionText, openDecisions, taskText, type Waiting } from './questions.ts';
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
    case 'run.adopted':
      return [
        paint.bold(
          `${event.by} took ${event.run} over on ${event.owner.host}, from its copy up to event ${event.lastSeq}.`,
        ),
        ...(event.gone === undefined
          ? []
          : ['  What was not settled there may have been begun: each such step is looked at first.']),
      ];
    case 'run.copy_lags':
      return [paint.warn(`  ${event.step} goes on before its log is in the repository: ${event.why}`)];
    case 'run.impact':
      return [`  The damage was done at ${event.impactAt} (${event.source}).`];
    case 'run.detected':
      return [`  It was noticed at ${event.detectedAt} (${event.source}).`];
    case 'run.healthy':
      return [paint.good(`  The service is healthy again at ${event.since ?? event.at}.`)];
    case 'run.extended':
      return [`  ${event.by} gave the run ${event.duration} more, until ${event.until}: ${event.reason}`];
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
      return foldedLine(event, state) ?? [stepLine(event, state, outline, paint)].flat();
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

/** So few items can be told one by one. */
const FEW_ITEMS = 8;

/** Of many items only how far they are is told, ten times in all; what fails and what waits for a person is told as always. */
function foldedLine(event: StepEvent, state: RunState): readonly string[] | undefined {
  const whole = wholeOfItem(event.step, state);
  if (whole === undefined || (state.items.get(whole)?.length ?? 0) <= FEW_ITEMS) return undefined;
  if (event.type === 'step.started' || event.type === 'step.noted' || event.type === 'step.items') return [];
  if (event.type !== 'step.succeeded' && event.type !== 'step.skipped') return undefined;
  const now = itemsDone(whole, state);
  const tenths = (done: number) => Math.floor((done * 10) / now.total);
  const isNext = isItemOver(event.step, whole, state) && tenths(now.done) !== tenths(now.done - 1);
  return isNext ? [`      ${whole}: ${itemsText(now)}`] : [];
}

const GOING: readonly string[] = ['queued', 'waiting', 'running', 'retrying'];

/** Whether the item that a step belongs to has come to rest. */
function isItemOver(step: string, whole: string, state: RunState): boolean {
  const item = step.slice(0, `${step}.`.indexOf('.', whole.length + 1));
  const steps = scenarioOfRun(state).steps.filter(({ id }) => id === item || id.startsWith(`${item}.`));
  return steps.every(({ id }) => !GOING.includes(state.steps.get(id)?.progress.status ?? 'queued'));
}

type StepEvent = Extract<JournalEvent, { readonly step: string; readonly type: `step.${string}` }>;

function stepLine(event: StepEvent, state: RunState, outline: RunOutline, paint: Paint): string | readonly string[] {
  const name = titled(event.step, outline);
  switch (event.type) {
    case 'step.started':
      return [
        `  ▸ ${name}${event.attempt > 1 ? ` (try ${event.attempt})` : ''}`,
        ...groundLines(event.grounds ?? [], new Date(event.at)).map((line) => `      ${line}`),
      ];
    case 'step.succeeded':
      return paint.good(`  ✔ ${name}${took(event, state)}${event.how === 'ran' ? '' : ` (${event.how})`}`);
    case 'step.failed':
      return [paint.bad(`  ✘ ${name}${took(event, state)}: ${event.error.message}`), `      → ${event.error.hint}`];
    case 'step.retrying':
      return `  ↻ ${name}: ${event.error.message}; tried again at ${event.notBefore}`;
    case 'step.skipped':
      return `  - ${name} is left out: ${event.why}`;
    case 'step.approved':
      return approvedLine(event, name, paint);
    case 'step.escalated':
      return paint.warn(`  ! nobody has answered yet: ${name} may now be approved also by ${also(event.role, state)}`);
    case 'step.edited':
      return paint.warn(`  ${event.by} edited ${name}: ${JSON.stringify(event.with)}; ${event.reason}`);
    case 'step.rejected':
      return paint.bad(`  ${event.by} said no to ${name}: ${event.reason}`);
    case 'step.decided':
      return `  ${event.by} decided "${event.decision}"${event.withoutSafetyPoint ? ' without a safety point' : ''} about ${name}: ${event.reason}`;
    case 'step.confirmed':
      return paint.good(`  ${event.by} confirmed ${name}${event.reason ? `: ${event.reason}` : ''}`);
    case 'step.denied':
      return paint.bad(`  ${event.by} did not confirm ${name}: ${event.reason}`);
    case 'step.taking_back':
      return paint.warn(`  ◂ taking back ${name}: ${event.why}`);
    case 'step.undoing':
      return `  ◂ taking back ${name}`;
    case 'step.undone':
      return event.impossible ? paint.warn(`  ${name} stays: ${event.impossible}`) : `  ◂ took back ${name}`;
    case 'step.waiting':
      return questionLines({ state, step: event.step, waitsFor: event.waitsFor }, outline);
    case 'step.answered':
      return `  ${event.breakGlass === undefined ? '' : `!! BREAK-GLASS (${event.breakGlass}): `}${event.by} said "${event.outcome}"${event.despiteLook ? ', although the machine does not see it,' : ''} about ${name}${event.answer === '' ? '' : `: ${event.answer}`}`;
    case 'step.items':
      return `  ▸ ${name}: ${event.items.length} items`;
    case 'step.looked':
      return lookedLines(event, name, paint);
    case 'step.holds':
      return `      ${name} waits until ${event.until}`;
    case 'step.noted':
      return [];
  }
}

/** What is seen later stands beside what is under way; here only what somebody must know. */
function lookedLines(
  { looksFor, until, seen, refuted }: StepEvent & { type: 'step.looked' },
  name: string,
  paint: Paint,
) {
  if (refuted) return paint.warn(`  ! ${name} does not count as done: it needs ${looksFor}; seen: ${seen}`);
  if (seen !== undefined) return [];
  return `      ${name} waits until ${looksFor}${until === undefined ? '' : `, until ${until} at most`}`;
}

function approvedLine(
  { by, breakGlass, signature }: StepEvent & { type: 'step.approved' },
  name: string,
  paint: Paint,
) {
  if (breakGlass !== undefined) return paint.bad(`  !! BREAK-GLASS: ${by} approved ${name} alone: ${breakGlass}`);
  return `  ${by} approved ${name}${signature === undefined ? '' : ' by a signed code'}`;
}

/** `cto (grace)` */
function also(role: string, state: RunState): string {
  const people = approversFor(notFor(state), [role], state.origin);
  return `${role} (${people.join(', ') || 'nobody'})`;
}

/** What a step that waits asks of a person. */
export function questionLines(waiting: Waiting, outline: RunOutline): readonly string[] {
  const name = titled(waiting.step, outline);
  if (waiting.waitsFor.kind === 'task') return taskText(waiting, name);
  if (waiting.waitsFor.kind === 'confirmation') return confirmationText(waiting, name);
  return waiting.waitsFor.kind === 'approval' ? approvalText(waiting, name) : decisionText(waiting, name);
}

/** `[2/9] load: Load the dump`; a step that the plan does not list is known by its name alone. */
export function titled(id: string, { steps }: RunOutline): string {
  const index = placesOf(steps).get(id) ?? -1;
  const title = steps[index]?.step.title;
  const place = index < 0 ? '' : `[${index + 1}/${steps.length}] `;
  return `${place}${id}${title ? `: ${title}` : ''}`;
}

const places = new WeakMap<RunOutline['steps'], ReadonlyMap<string, number>>();

/** Worked out once: every line names a step, and there may be thousands of both. */
function placesOf(steps: RunOutline['steps']): ReadonlyMap<string, number> {
  const found = places.get(steps) ?? new Map(steps.map(({ step }, index) => [step.id, index]));
  places.set(steps, found);
  return found;
}

function took(event: StepEvent, state: RunState): string {
  const startedAt = state.steps.get(event.step)?.startedAt;
  return startedAt === undefined ? '' : ` in ${formatDuration(Date.parse(event.at) - Date.parse(startedAt))}`;
}
