import type { Json } from '../lib/json.ts';
import { isJsonObject } from '../lib/json.ts';
import type { Claim } from '../model/journal.ts';
import type { JournalEvent, RunEvent } from '../model/run.ts';
import { applyEvent, foldRun, type RunState } from '../model/run-state.ts';
import type { EnginePorts } from './ports.ts';

/** How often another process's words (approvals, decisions, cancellation) are looked for. */
const LOOK_EVERY_MS = 100;

/** The log of one run, followed live: append to it, and wait for what others add to it. */
export interface RunLog {
  readonly state: () => RunState;
  /** Keeps events durably, all or none. Secrets are taken out first. */
  append(events: readonly RunEvent[]): Promise<void>;
  /** Reads what other processes have added. */
  refresh(): Promise<void>;
  /** Resolves with true once the state satisfies the condition, with false at the deadline; rejects when the signal is aborted. */
  until(condition: (state: RunState) => boolean, signal: AbortSignal, deadline?: Date): Promise<boolean>;
}

export async function followRun(claim: Claim, ports: EnginePorts): Promise<RunLog> {
  const before = await ports.journal.events(claim.run);
  for (const event of before) ports.watch({ kind: 'event', event, past: true });
  let state = foldRun(before);

  const takeIn = (events: readonly JournalEvent[]): void => {
    for (const event of events) {
      if (event.seq <= state.lastSeq) continue;
      state = applyEvent(state, event);
      ports.watch({ kind: 'event', event });
    }
  };
  const refresh = async (): Promise<void> => takeIn(await ports.journal.events(claim.run, state.lastSeq));
  return {
    state: () => state,
    refresh,
    async append(events) {
      const kept = await ports.journal.append(
        claim,
        ports.actor,
        events.map((event) => redacted(event, ports.redact)),
      );
      // Where nobody else has said anything since, what was kept is all the news, and need not be read back.
      if (kept[0]?.seq === state.lastSeq + 1) takeIn(kept);
      else await refresh();
    },
    async until(condition, signal, deadline) {
      for (;;) {
        await refresh();
        if (condition(state)) return true;
        if (deadline && ports.clock.now() >= deadline) return false;
        await ports.clock.sleep(LOOK_EVERY_MS, signal);
      }
    },
  };
}

/** Every text of the event without secrets; whatever an action let slip does not reach the journal. */
function redacted(event: RunEvent, redact: (text: string) => string): RunEvent {
  const clean = (value: Json): Json => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(clean);
    if (isJsonObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, clean(member)]));
    return value;
  };
  return clean(event as unknown as Json) as unknown as RunEvent;
}
