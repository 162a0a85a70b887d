import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { makeShellWorld, type ShellWorld } from './shell-world.ts';

/* What can go wrong between two lives of a run: two take it up at once, or its journal is damaged. Real processes, a real journal. */
const STEPS = `
- { id: first, uses: shell.run, expect: 1s, with: { command: 'echo first >> effects' } }
- { id: look, uses: human.task, expect: 1s, with: { instruction: Look out of the window } }
- { id: verify, title: Verify, uses: shell.run, expect: 1s, with: { command: 'echo verify >> effects' } }
`;
/** Created and claimed, the first step begun, noted and ended: then somebody is asked. */
const DIE_WHEN_ASKED = { DIE_AFTER: '6' };
const ROUNDS = 10;
let world: ShellWorld;

afterEach(() => world.remove());

test(`two take a run up at once, ${ROUNDS} times: one gets it, the other is told so`, async () => {
  world = await makeShellWorld(STEPS);
  expect((await world.child(['recover', 'loss'], DIE_WHEN_ASKED).finished).signal).toBe('SIGKILL');
  for (let round = 1; round <= ROUNDS; round++) {
    const both = [world.child(['recover', '--resume']), world.child(['recover', '--resume'])];
    const loser = await Promise.race(both.map(async (one) => ({ one, ended: await one.finished })));
    expect([round, loser.ended.code]).toEqual([round, 10]);
    expect(loser.ended.said).toContain('RUN_LOCKED');
    const winner = both.find((one) => one !== loser.one);
    expect(winner?.process.exitCode).toBe(null);
    winner?.process.kill('SIGKILL');
    expect((await winner?.finished)?.signal).toBe('SIGKILL');
  }
  const people = world.people();
  expect((await world.child(['recover', '--resume']).finished).code).toBe(0);
  people.kill('SIGKILL');
  expect(world.effects()).toEqual(['first', 'verify']);
}, 300_000);

describe('the journal is damaged between two lives', () => {
  const flipped = 'UPDATE events SET line = replace(line, \'"attempt":1\', \'"attempt":3\') WHERE seq = 3';
  test.each([
    ['a byte is another one', flipped, /event 4 of run-\S+ does not follow/],
    ['a line is gone', 'DELETE FROM events WHERE seq = 4', /event 4 of run-\S+ carries the number 5/],
    [
      'the last line is gone',
      'DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)',
      /event \d+ of run-\S+ is missing/,
    ],
  ])(
    '%s: it is said, and nothing is carried out',
    async (_what, sql, message) => {
      world = await makeShellWorld(STEPS);
      expect((await world.child(['recover', 'loss'], DIE_WHEN_ASKED).finished).signal).toBe('SIGKILL');
      damage(sql);
      const people = world.people();
      const { code, said } = await world.child(['recover', '--resume']).finished;
      people.kill('SIGKILL');
      expect([code, said]).toEqual([41, expect.stringMatching(message)]);
      expect(said).toContain('--state FOLDER');
      expect(world.effects()).toEqual(['first']);
    },
    120_000,
  );

  /** Whoever damages a journal does not ask its triggers. */
  function damage(sql: string): void {
    const db = new DatabaseSync(join(world.folder, 'state', 'journal.sqlite'));
    const triggers = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all();
    for (const { name } of triggers) db.exec(`DROP TRIGGER "${name}"`);
    expect(db.prepare(sql).run().changes).toBe(1);
    db.close();
  }
});
