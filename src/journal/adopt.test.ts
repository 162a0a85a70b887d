import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fakeClock } from '../lib/clock.fake.ts';
import type { AdoptRun, RunJournal } from '../model/journal.ts';
import type { Adoption } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { createdEvent } from './journal.testsuite.ts';
import { fakeMachines, memoryJournal, noContent } from './memory-journal.fake.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

const clock = fakeClock();
const scratch = mkdtempSync(join(tmpdir(), 'lifeboat-adopt-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let files = 0;

const machines = fakeMachines();
const KINDS: readonly (readonly [string, () => RunJournal])[] = [
  ['in memory', () => memoryJournal({ clock }, machines, noContent(), 'tablet')],
  [
    'in SQLite',
    () => openSqliteJournal({ file: join(scratch, `${++files}.sqlite`), clock, machine: machines.start('tablet') }),
  ],
];
const note = (text: string) => ({ type: 'step.noted', step: 'find', note: text }) as const;

/** A run on another machine, and its lines. */
async function foreign() {
  const journal = memoryJournal({ clock }, fakeMachines());
  const claim = await journal.create({ id: 'run-1', lock: 'shop/production', by: 'ada', origin: createdEvent() });
  await journal.append(claim, 'ada', [note('one'), note('two')]);
  const lines = await journal.lines('run-1');
  return { journal, claim, lines };
}

const adoption = (journal: RunJournal, lines: readonly string[]): Adoption => ({
  epoch: 5,
  owner: journal.self,
  claimedAt: clock.now().toISOString(),
  lastSeq: lines.length,
  lastSign: clock.now().toISOString(),
  gone: 'it burned',
  repository: '/mnt/backups',
});
const wanted = (journal: RunJournal, lines: readonly string[]): AdoptRun => ({
  id: 'run-1',
  lock: 'shop/production',
  by: 'bob',
  lines,
  adoption: adoption(journal, lines),
});

describe.each(KINDS)('a run from another machine, %s', (_kind, open) => {
  test('is kept line for line, with word of how it came, and can then be claimed', async () => {
    const { lines } = await foreign();
    const journal = open();
    await journal.mayAdopt(wanted(journal, lines));
    expect(await journal.runs()).toEqual([]);
    await journal.adopt(wanted(journal, lines));
    expect((await journal.lines('run-1')).slice(0, -1)).toEqual(lines);
    expect(await journal.lines('run-1', lines.length)).toHaveLength(1);
    expect(await journal.runs()).toMatchObject([{ status: 'paused', ownerState: 'none', lock: 'shop/production' }]);
    expect(await journal.claim('run-1', 'bob')).toEqual({ run: 'run-1', epoch: 6 });
    const state = foldRun(await journal.events('run-1'));
    expect(state).toMatchObject({ status: 'running', epoch: 6, blindSince: 5, adopted: { gone: 'it burned' } });
    journal.close();
  });

  test('goes on from a beginning that is here already', async () => {
    const { lines, journal: other, claim } = await foreign();
    const journal = open();
    const { adoption: _none, ...onlyLines } = wanted(journal, lines.slice(0, 2));
    await journal.adopt(onlyLines);
    await other.append(claim, 'ada', [note('three')]);
    const all = await other.lines('run-1');
    await journal.adopt(wanted(journal, all));
    expect((await journal.lines('run-1')).slice(0, -1)).toEqual(all);
    journal.close();
  });

  test('is refused where more of it is here, or something else', async () => {
    const { lines } = await foreign();
    const journal = open();
    await journal.adopt(wanted(journal, lines));
    const before = await journal.lines('run-1');
    await expect(journal.adopt(wanted(journal, lines))).rejects.toMatchObject({
      code: 'RUN_FENCED',
      message: 'run-1 is here up to event 5, and its copy ends at 4: this machine knows more',
    });
    await expect(journal.adopt(wanted(journal, await partedLines()))).rejects.toMatchObject({
      code: 'RUN_FENCED',
      message: expect.stringContaining('the two part after event'),
    });
    expect(await journal.lines('run-1')).toEqual(before);
    journal.close();
  });

  test('is refused when its lines do not follow from each other, or there are none', async () => {
    const { lines } = await foreign();
    const journal = open();
    for (const wrong of [[], [...lines].reverse(), lines.filter((_, index) => index !== 1)])
      await expect(journal.adopt(wanted(journal, wrong))).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    expect(await journal.runs()).toEqual([]);
    journal.close();
  });

  test('is refused while it is driven here, and while another run has the lock', async () => {
    const { lines } = await foreign();
    const journal = open();
    await journal.adopt(wanted(journal, lines));
    await journal.claim('run-1', 'bob');
    await expect(journal.adopt(wanted(journal, lines))).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    journal.close();
    const busy = open();
    await busy.create({ id: 'run-2', lock: 'shop/production', by: 'ada', origin: createdEvent() });
    for (const refused of [busy.mayAdopt(wanted(busy, lines)), busy.adopt(wanted(busy, lines))])
      await expect(refused).rejects.toMatchObject({ code: 'RUN_LOCKED', message: expect.stringContaining('run-2') });
    busy.close();
  });
});

/** The same run, as a machine with another past wrote it. */
async function partedLines(): Promise<readonly string[]> {
  const journal = memoryJournal({ clock }, fakeMachines());
  const claim = await journal.create({ id: 'run-1', lock: 'shop/production', by: 'eve', origin: createdEvent() });
  await journal.append(claim, 'eve', [note('else'), note('two'), note('three'), note('four')]);
  return journal.lines('run-1');
}
