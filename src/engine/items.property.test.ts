import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { KnownError } from '../model/errors.ts';
import type { Decision, JournalEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { standingOf } from './items.ts';
import { liveOnce, say } from './testing/dying.ts';
import { type Rig, RUN, rig, startWith, step } from './testing/rig.ts';
import { mostUnderWay } from './testing/under-way.ts';

/*
 * A step for each of so many items, of which some fail, in a process that is killed again and again. Whatever happens: never more under
 * way than the plan says, nothing twice, and nothing further begun once more have failed than may.
 */

const course = fc.record({
  fails: fc.array(fc.constantFrom(0, 0, 0, 1, 9), { minLength: 1, maxLength: 7 }),
  atOnce: fc.integer({ min: 1, max: 4 }),
  mayFail: fc.integer({ min: 0, max: 3 }),
  isProcedure: fc.boolean(),
  onFailure: fc.constantFrom('ask', 'continue', 'stop', 'undo'),
  retry: fc.boolean(),
  deaths: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 4 }),
  decisions: fc.array(fc.constantFrom<Decision>('retry', 'skip', 'done', 'undo', 'abort'), { maxLength: 3 }),
});
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

const PROCEDURES = {
  two: [step('one', { with: { thing: '${{ item }}' } }), step('two', { with: { thing: '${{ item }}-two' } })],
};

function stepsOf({ fails, atOnce, mayFail, isProcedure, onFailure, retry }: Course): readonly JsonObject[] {
  const work: JsonObject = isProcedure
    ? { uses: 'procedure', with: { procedure: 'two' } }
    : { uses: 'fake.make', with: { thing: '${{ item }}' }, ...(retry ? { retry: { times: 1, every: '1s' } } : {}) };
  const list = { for_each: fails.map((_, index) => `t${index}`), at_once: atOnce, may_fail: mayFail };
  return [{ id: 'each', ...work, ...list, on_failure: onFailure }, step('end')];
}

async function carryThrough(one: Course): Promise<{ at: Rig; events: readonly JournalEvent[] }> {
  const at = rig();
  for (const [index, times] of one.fails.entries())
    at.world.troubles.set(
      `t${index}`,
      Array.from({ length: times }, () => new KnownError('TARGET_UNREACHABLE', 'away', 'Wait.')),
    );
  const said = [...one.decisions];
  let moments = 0;
  let { journal } = at;
  for (let life = 0; life < 30; life++) {
    const dies = () => one.deaths.includes(++moments);
    const state = await liveOnce({ at, journal, dies }, (ports) => startWith(PROCEDURES, stepsOf(one), ports));
    if (state?.endedAt !== undefined) return { at, events: await journal.events(RUN) };
    if (!state) journal = journal.anotherProcess();
    else say(journal, { type: 'step.decided', step: 'each', decision: said.shift() ?? 'abort', reason: 'so be it' });
  }
  throw new Error('not over after 30 lives');
}

/** Items that begin although more have failed before than may. */
function begunTooLate(events: readonly JournalEvent[], mayFail: number): readonly string[] {
  return events.flatMap((event, index) => {
    if (event.type !== 'step.started' || !event.step.startsWith('each.')) return [];
    const before = foldRun(events.slice(0, index));
    const { failed, underWay } = standingOf('each', before);
    const isNew = !underWay.has(Number(event.step.split('.')[1]));
    return isNew && failed > mayFail ? [event.step] : [];
  });
}

test('never too many at once, nothing twice, and what may fail is respected', async () => {
  await fc.assert(
    fc.asyncProperty(course, async (one) => {
      const { at, events } = await carryThrough(one);
      expect(mostUnderWay(events, 'each')).toBeLessThanOrEqual(one.atOnce);
      expect(begunTooLate(events, one.mayFail)).toEqual([]);
      const made = at.world.writes.filter((write) => write.startsWith('make '));
      expect(new Set(made).size).toBe(made.length);
      const state = foldRun(events);
      const each = state.steps.get('each')?.progress;
      if (each?.status !== 'succeeded' || each.how === 'decided') return;
      const { succeeded, failed, skipped } = each.output as Record<string, number>;
      expect(Number(succeeded) + Number(failed) + Number(skipped)).toBe(one.fails.length);
      expect(failed).toBeLessThanOrEqual(one.mayFail);
      expect(succeeded).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});
