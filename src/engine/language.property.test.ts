import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MemoryJournal } from '../journal/memory-journal.fake.ts';
import type { JsonObject } from '../lib/json.ts';
import { type ErrorCode, KnownError } from '../model/errors.ts';
import type { Decision, JournalEvent } from '../model/run.ts';
import { membershipsOf, type RunScenario, type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, openObligations, type RunState } from '../model/run-state.ts';
import { liveOnce, say } from './testing/dying.ts';
import { type Rig, RUN, rig, startWith } from './testing/rig.ts';

/*
 * Random runbooks with alternatives and procedures, in a world that fails, with people who decide this or that, and a process that is
 * killed again and again. Whatever happens: nothing before what it needs, nothing twice, one way of each group, nothing left owing.
 */

type Book = { readonly steps: readonly JsonObject[]; readonly procedures: Record<string, readonly JsonObject[]> };

const trait = fc.record({
  fails: fc.array(fc.constantFrom<ErrorCode>('TARGET_FAILED', 'TARGET_UNREACHABLE'), { maxLength: 3 }),
  retry: fc.constantFrom(0, 0, 1, 2),
  on_failure: fc.constantFrom('ask', 'ask', 'ask', 'ask', 'continue', 'continue', 'stop', 'undo'),
  approve: fc.constantFrom(false, false, true),
  owes: fc.constantFrom(false, false, false, true),
  when: fc.constantFrom(true, true, true, false),
});
type Trait = typeof trait extends fc.Arbitrary<infer T> ? T : never;

const piece = fc.record({
  kind: fc.constantFrom('step', 'step', 'group', 'procedure'),
  traits: fc.array(trait, { minLength: 3, maxLength: 3 }),
  inner: fc.array(fc.record({ trait, grouped: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  ways: fc.array(fc.boolean(), { minLength: 2, maxLength: 3 }),
  /** What it needs: the step above, nothing, or the first of the alternatives above alone. */
  needs: fc.constantFrom('above', 'above', 'nothing', 'one'),
  /** Whether the steps of its procedures begin side by side. */
  beside: fc.constantFrom(false, false, true),
});
const course = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
  deaths: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 4 }),
  decisions: fc.array(fc.constantFrom<Decision>('retry', 'retry', 'skip', 'done', 'undo', 'abort'), { maxLength: 6 }),
  cancelAt: fc.option(fc.integer({ min: 3, max: 60 }), { freq: 5 }),
});
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

/** The plan of a course, and the troubles of its world. Each step makes a thing of its own. */
function bookOf(pieces: Course['pieces'], troubles: Map<string, Error[]>): Book {
  const procedures: Record<string, readonly JsonObject[]> = {};
  const written = (id: string, thing: string, trait: Trait, more: JsonObject = {}): JsonObject => {
    troubles.set(
      thing,
      trait.fails.map((code) => new KnownError(code, `${thing} fails`, 'Wait.')),
    );
    return { id, uses: trait.owes ? 'fake.block' : 'fake.make', with: { thing }, ...settings(trait), ...more };
  };
  const use = (
    id: string,
    { traits: [own], inner, beside }: Course['pieces'][number],
    more: JsonObject = {},
  ): JsonObject => {
    procedures[id] = inner.map(({ trait }, index) => {
      const isGrouped = inner.slice(0, index + 1).every((one) => one.grouped);
      return written(`i${index}`, `${id}-i${index}`, trait, {
        ...(isGrouped ? { one_of: 'inner' } : {}),
        ...(beside && !isGrouped ? { needs: [] } : {}),
      });
    });
    const { retry: _none, ...said } = settings(own as Trait);
    return { id, uses: 'procedure', with: { procedure: id }, ...said, ...more };
  };
  const steps = pieces.flatMap((one, index): readonly JsonObject[] => {
    const id = `s${index}`;
    const above = pieces[index - 1];
    const first = above && above.kind === 'group' ? [`s${index - 1}w0`] : [];
    const needs: JsonObject = one.needs === 'above' ? {} : { needs: one.needs === 'one' ? first : [] };
    if (one.kind === 'step') return [written(id, id, one.traits[0] as Trait, needs)];
    if (one.kind === 'procedure') return [use(id, one, needs)];
    return one.ways.map((isProcedure, way) => {
      const name = `${id}w${way}`;
      const more = { one_of: id, ...needs };
      const turned = { ...one, traits: one.traits.slice(way) };
      return isProcedure ? use(name, turned, more) : written(name, name, one.traits[way] as Trait, more);
    });
  });
  return { steps: [...steps, { id: 'end', uses: 'fake.make', with: { thing: 'end' } }], procedures };
}

const settings = ({ retry, on_failure, approve, when }: Trait): JsonObject => ({
  on_failure,
  ...(retry > 0 ? { retry: { times: retry, every: '1s' } } : {}),
  ...(approve ? { approve: { role: 'commander' } } : {}),
  ...(when ? {} : { when: '${{ false }}' }),
});

const MOST_LIVES = 60;

/** Lives and dies and is decided about until the run is over. */
async function carryThrough({
  pieces,
  deaths,
  decisions,
  cancelAt,
}: Course): Promise<{ at: Rig; events: readonly JournalEvent[] }> {
  const at = rig();
  const book = bookOf(pieces, at.world.troubles);
  const said = [...decisions];
  let moments = 0;
  let { journal } = at;
  for (let life = 0; life < MOST_LIVES; life++) {
    const state = await liveOnce(
      {
        at,
        journal,
        dies: () => deaths.includes(++moments),
        sees: ({ seq }, present) => {
          if (seq === cancelAt) say(present, { type: 'run.canceled', reason: 'enough' });
        },
      },
      (ports) => startWith(book.procedures, book.steps, ports, { healthy: 'end' }),
    );
    const events = await journal.events(RUN);
    if (foldRun(events).endedAt !== undefined) return { at, events };
    if (!state) journal = journal.anotherProcess();
    else decideSomething(foldRun(events), said.shift() ?? 'retry', journal);
  }
  throw new Error(`not over after ${MOST_LIVES} lives: ${JSON.stringify(book)}`);
}

function decideSomething(state: RunState, decision: Decision, journal: MemoryJournal): void {
  const [open] = [...state.steps.values()].flatMap(({ id, progress }) =>
    progress.status === 'waiting' && progress.waitsFor.kind === 'decision' ? [{ id, why: progress.waitsFor.why }] : [],
  );
  const owed = openObligations(state)[0];
  const reason = 'so be it';
  // Where no way is open, trying again for ever opens none.
  const isShut = open?.why.code === 'NO_ALTERNATIVE' && decision === 'retry';
  if (open) say(journal, { type: 'step.decided', step: open.id, decision: isShut ? 'skip' : decision, reason });
  else if (owed) say(journal, { type: 'step.decided', step: owed.step, decision: 'undo', reason });
}

const ENDED: readonly string[] = ['succeeded', 'skipped', 'failed', 'undone'];
const statusOf = (state: RunState, id: string): string => state.steps.get(id)?.progress.status ?? 'queued';

/** At the moment a step begins: what it needs has ended, and of the groups it needs nothing is under way. */
function requireNeeds(step: RunStep, scenario: RunScenario, before: RunState): void {
  const own = new Set(membershipsOf(step).map(({ group }) => group));
  for (const id of step.needs ?? []) {
    expect(ENDED, `${step.id} began before ${id} had ended`).toContain(statusOf(before, id));
    const needed = scenario.steps.find((one) => one.id === id) as RunStep;
    for (const { group } of membershipsOf(needed).filter((one) => !own.has(one.group)))
      for (const member of scenario.steps.filter((one) => membershipsOf(one).some((of) => of.group === group)))
        expect(['running', 'retrying', 'waiting'], `${step.id} began while ${member.id} was under way`).not.toContain(
          statusOf(before, member.id),
        );
  }
}

/** A person's yes to the step, or to the procedure around it, stands in the log before it begins. */
function requireApproval(step: RunStep, before: RunState): void {
  const asked = [step, ...(step.parts ?? [])].filter(({ approve }) => approve);
  for (const { id } of asked) {
    const at = [...before.steps.values()].filter((one) => one.id === id || one.id.startsWith(`${id}.`));
    expect(
      at.flatMap(({ approvals }) => approvals),
      `${step.id} began without approval of ${id}`,
    ).not.toEqual([]);
  }
}

/** Branches of each group of which every step ended well and at least one was done. */
function succeededBranches(scenario: RunScenario, state: RunState): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  const all = new Map(scenario.steps.flatMap(membershipsOf).map((one) => [`${one.group} ${one.branch}`, one] as const));
  for (const { group, branch } of all.values()) {
    const inside = scenario.steps.filter((step) =>
      membershipsOf(step).some((one) => one.branch === branch && one.group === group),
    );
    const statuses = inside.map(({ id }) => statusOf(state, id));
    const isWhole = statuses.every((one) => one === 'succeeded' || one === 'skipped') && statuses.includes('succeeded');
    if (isWhole) groups.set(group, [...(groups.get(group) ?? []), branch]);
  }
  return groups;
}

const isBeside = (step: RunStep, group: string, branch: string): boolean =>
  membershipsOf(step).some((one) => one.group === group && one.branch !== branch);

function requireAll(events: readonly JournalEvent[], at: Rig): void {
  const final = foldRun(events);
  const scenario = scenarioOfRun(final);
  for (const [index, event] of events.entries()) {
    if (event.type !== 'step.started' || event.attempt > 1) continue;
    const before = foldRun(events.slice(0, index));
    const step = scenario.steps.find(({ id }) => id === event.step) as RunStep;
    requireNeeds(step, scenario, before);
    requireApproval(step, before);
    for (const { group, branch } of membershipsOf(step)) {
      for (const taken of succeededBranches(scenario, before).get(group) ?? [])
        expect(taken, `${step.id} began after ${taken} of ${group} was taken`).toBe(branch);
      for (const { id } of scenario.steps.filter((one) => isBeside(one, group, branch)))
        expect(['running', 'retrying', 'waiting'], `${step.id} began beside ${id}`).not.toContain(statusOf(before, id));
    }
  }
  for (const [group, branches] of succeededBranches(scenario, final))
    expect(branches, `of ${group} more than one way was gone`).toHaveLength(1);
  for (const thing of new Set(at.world.writes.map((write) => write.split(' ')[1])))
    expect(count(at, `make ${thing}`), `${thing} was made twice`).toBeLessThanOrEqual(1 + count(at, `unmake ${thing}`));
  if (final.status !== 'succeeded') return;
  expect(openObligations(final)).toEqual([]);
  expect(scenario.steps.map(({ id }) => statusOf(final, id)).filter((status) => !ENDED.includes(status))).toEqual([]);
}

const count = (at: Rig, write: string): number => at.world.writes.filter((one) => one === write).length;

test('whatever fails, whoever decides, and however often it dies', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(course, async (one) => {
      const { at, events } = await carryThrough(one);
      requireAll(events, at);
    }),
    { numRuns: 200 },
  );
});
