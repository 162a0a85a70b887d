import { DatabaseSync } from 'node:sqlite';
import type { JournalEvent, RunEvent } from '../../src/model/run.ts';

/** What kind of moment an event is: what the engine has just kept, and what it would do next. */
export function kindOf(event: RunEvent): string {
  const { type } = event;
  if (event.type === 'step.waiting')
    return `${type} for ${event.waitsFor.kind === 'approval' ? 'an' : 'a'} ${event.waitsFor.kind}`;
  if (event.type === 'step.started' && event.grounds) return `${type} on what is proven`;
  const isOfItem = 'step' in event && /\.\d+$/.test(event.step);
  return isOfItem ? `${type} of an item` : type;
}

/** The kinds of moments of the run in a journal, in the order in which its driver first met them. */
export function kindsIn(journalFile: string, driver: string): readonly string[] {
  const db = new DatabaseSync(journalFile, { readOnly: true });
  const lines = db.prepare('SELECT line FROM events ORDER BY seq').all();
  db.close();
  const events = lines.map(({ line }) => JSON.parse(String(line)) as JournalEvent);
  // The first claim is kept together with the beginning: that is one moment.
  const moments = events.filter(({ by, type }) => by === driver && type !== 'run.claimed');
  return [...new Set(moments.map(kindOf))];
}
