import type { JournalEvent, WaitsFor } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import { count, plain, utc } from './plain-text.ts';

/** One thing that happened. `tone` says what to look at: what people said, what went well, what went wrong. */
export interface TimelineEntry {
  readonly seq: number;
  readonly at: string;
  /** Seconds since the impact; negative before it. */
  readonly since: number;
  readonly by: string;
  readonly step?: string;
  readonly text: string;
  readonly tone: 'plain' | 'person' | 'good' | 'bad';
}

export function timeline(state: RunState, events: readonly JournalEvent[]): readonly TimelineEntry[] {
  return events.map((event) => ({
    seq: event.seq,
    at: event.at,
    since: (Date.parse(event.at) - Date.parse(state.impactAt)) / 1000,
    by: event.by,
    ...('step' in event ? { step: event.step } : {}),
    ...(event.type.startsWith('run.') ? aboutRun(event) : aboutStep(event)),
  }));
}

type Said = Pick<TimelineEntry, 'text' | 'tone'>;
const plainly = (text: string): Said => ({ text, tone: 'plain' });
const person = (text: string): Said => ({ text, tone: 'person' });
const good = (text: string): Said => ({ text, tone: 'good' });
const bad = (text: string): Said => ({ text, tone: 'bad' });

function aboutRun(event: JournalEvent): Said {
  switch (event.type) {
    case 'run.created':
      return person(`Recovery started: scenario ${event.scenario}, ${event.environment}`);
    case 'run.claimed':
      return plainly(
        `${event.epoch === 1 ? 'Carried out' : 'Taken up again'} by process ${event.owner.pid} on ${event.owner.host}`,
      );
    case 'run.adopted':
      return person(adopted(event));
    case 'run.copy_lags':
      return bad(`${event.step} began before the log was in the repository, where it ends at event ${event.copied}`);
    case 'run.paused':
      return bad(`Paused: ${event.why}`);
    case 'run.extended':
      return person(`Given ${event.duration} more, until ${utc(event.until)}, because: ${event.reason}`);
    case 'run.impact':
      return plainly(`The damage was done at ${utc(event.impactAt)}: ${event.source}`);
    case 'run.detected':
      return plainly(`It was noticed at ${utc(event.detectedAt)}: ${event.source}`);
    case 'run.healthy':
      return good('The service is healthy again');
    case 'run.succeeded':
      return good('Recovery done');
    case 'run.failed':
      return bad(`Recovery failed: ${event.error.message}`);
    case 'run.canceled':
      return bad(`Canceled: ${event.reason}`);
    default:
      return plainly(event.type);
  }
}

function adopted({ owner, from, lastSeq, lastSign, gone }: JournalEvent & { type: 'run.adopted' }): string {
  const before = from === undefined ? 'nobody' : `process ${from.pid} on ${from.host}`;
  const why = gone === undefined ? 'it was paused' : `last sign of life ${utc(lastSign)}, and a person says: ${gone}`;
  return `Taken over by ${owner.host} from the copy of the log up to event ${lastSeq}; driven before by ${before}: ${why}`;
}

function aboutStep(event: JournalEvent): Said {
  switch (event.type) {
    case 'step.waiting':
      return person(waiting(event.waitsFor));
    case 'step.approved':
      return approved(event);
    case 'step.escalated':
      return bad(`Nobody has answered: ${event.role} may approve, too`);
    case 'step.edited':
      return person(`Edited: ${plain(event.with)}, because: ${event.reason}`);
    case 'step.rejected':
      return bad(`Rejected: ${event.reason}`);
    case 'step.decided':
      return person(
        `Decided: ${event.decision}${event.withoutSafetyPoint ? ' without a safety point' : ''}, because: ${event.reason}`,
      );
    case 'step.confirmed':
      return person(`Confirmed${event.reason ? `: ${event.reason}` : ''}`);
    case 'step.denied':
      return bad(`Not confirmed: ${event.reason}`);
    case 'step.answered':
      return answered(event);
    case 'step.items':
      return plainly(`Begun for ${event.items.length} items`);
    case 'step.looked':
      return looked(event);
    case 'step.holds':
      return plainly(`Waits until ${utc(event.until)}`);
    case 'step.started':
      return plainly(`Started ${event.action}${event.attempt > 1 ? `, try ${event.attempt}` : ''}`);
    case 'step.noted':
      return plainly(`Noted: ${plain(event.note)}`);
    case 'step.retrying':
      return bad(`Try ${event.attempt} failed: ${event.error.message}; tries again after ${utc(event.notBefore)}`);
    case 'step.succeeded':
      return good(`${HOW[event.how]}${event.proofs.length > 0 ? `, ${proofs(event.proofs)}` : ''}`);
    case 'step.failed':
      return bad(`Failed: ${event.error.message}${event.proofs?.length ? `, ${proofs(event.proofs)}` : ''}`);
    case 'step.skipped':
      return plainly(`Skipped: ${event.why}`);
    default:
      return aboutUndoing(event);
  }
}

function looked({ looksFor, until, seen, refuted }: JournalEvent & { type: 'step.looked' }): Said {
  if (refuted) return bad(`Not done, whatever was said: it needs ${looksFor}; seen: ${seen}`);
  if (seen !== undefined) return plainly(`Looked for ${looksFor}; seen: ${seen}`);
  return plainly(`Looks until ${looksFor}${until === undefined ? '' : `, until ${utc(until)} at most`}`);
}

function approved({ breakGlass, signature, reason }: JournalEvent & { type: 'step.approved' }): Said {
  const why = reason ? `: ${reason}` : '';
  if (breakGlass !== undefined) return bad(`BREAK-GLASS, approved by one person alone: ${breakGlass}${why}`);
  return person(`Approved${signature === undefined ? '' : ' by a signed code'}${why}`);
}

function answered({ outcome, answer, breakGlass, despiteLook }: JournalEvent & { type: 'step.answered' }): Said {
  const text = `Answered: ${outcome}${despiteLook ? ', although the machine does not see it' : ''}${answer === '' ? '' : `: ${answer}`}`;
  return breakGlass === undefined ? person(text) : bad(`BREAK-GLASS (${breakGlass}). ${text}`);
}

function aboutUndoing(event: JournalEvent): Said {
  switch (event.type) {
    case 'step.taking_back':
      return bad(`Is being taken back: ${event.why}`);
    case 'step.undoing':
      return plainly('Is being taken back');
    case 'step.undone':
      return event.impossible ? bad(`Cannot be taken back: ${event.impossible}`) : plainly('Taken back');
    case 'obligation.opened':
      return plainly(`To be put back later: ${event.obligation.what}`);
    case 'obligation.settled':
      return good(`Put back: ${event.id}`);
    default:
      return plainly(event.type);
  }
}

const HOW = {
  ran: 'Done',
  observed: 'Seen to be done already',
  decided: 'Counts as done, by a person’s word',
} as const;

const proofs = (all: readonly { readonly held: boolean }[]): string =>
  `${all.filter(({ held }) => held).length} of ${count(all.length, 'proof')} held`;

function waiting(waitsFor: WaitsFor): string {
  if (waitsFor.kind === 'decision') return `Waits for a decision: ${waitsFor.why.message}`;
  if (waitsFor.kind === 'task') return `Waits for somebody: ${waitsFor.instruction}`;
  if (waitsFor.kind === 'confirmation')
    return `Waits for ${count(waitsFor.count, 'confirmation')} by ${waitsFor.role} until ${utc(waitsFor.until)}`;
  const { count: people, role, preview } = waitsFor;
  const changes = preview.changes.length > 0 ? `: ${preview.changes.join('; ')}` : '';
  return `Waits for ${count(people, 'approval')} by ${role}${changes}`;
}
