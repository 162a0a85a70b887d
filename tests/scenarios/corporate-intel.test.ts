import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TINY_SEED } from '../../lab/corporate-intel/database.ts';
import { playDeletion } from '../../lab/demo/deletion.ts';
import { judgeDestroyed, playDestroyed, strikeDestroyed } from '../../lab/demo/destroyed.ts';
import { recoverWithOperator } from '../../lab/demo/recovery.ts';
import { type Stage, setStage } from './play.ts';

let stage: Stage;
const options = { seed: TINY_SEED, settings: ['fsync = off'] };

afterAll(() => stage?.end(), 30_000);

/* The disasters follow one another, on the same system: what a recovery leaves behind is what the next one finds. */
describe('one disaster after the other', () => {
  beforeAll(async () => {
    stage = await setStage(options);
  }, 60_000);

  test('companies deleted by accident come back exactly, while the application keeps writing', async () => {
    const result = await playDeletion(stage);
    expect(result.problems).toEqual([]);
    expect(result.rows_deleted).toBeGreaterThan(20);
    expect(result.rows_restored).toBe(result.rows_deleted);
    expect(result.lost_commits).toBe(0);
    expect(result.later_writes_kept).toBe(result.later_writes);
    expect(result.later_writes).toBeGreaterThan(60);
    expect(result.rpo_seconds).toBe(0);
    expect(result.rto_seconds).toBeLessThan(30 * 60);
    expect(result.verified).toBe(true);
  }, 120_000);

  test('a destroyed server comes back to the latest moment, and what was lost is counted', async () => {
    const result = await playDestroyed(stage);
    expect(result.problems).toEqual([]);
    expect(result.acknowledged_commits).toBeGreaterThan(100);
    expect(result.rows_restored).toBe(result.rows_deleted);
    expect(result.rpo_seconds).toBeLessThan(300);
    expect(result.rto_seconds).toBeLessThan(2 * 3600);
    expect(result.verified).toBe(true);
  }, 120_000);

  test('what was written after the stream had stopped is lost, and the count is exact', async () => {
    // After an outage the stream tries again ever more rarely; here it would not before the next disaster.
    await stage.restartStream();
    const { world } = stage;
    await world.application.moreCommits(50);
    await stage.stream.end('SIGTERM');
    await world.application.moreCommits(80);
    const struck = await strikeDestroyed(world);
    const recovered = await recoverWithOperator(stage, ['database-destroyed', '--impact', struck.at]);
    const result = await judgeDestroyed(stage, struck, recovered);
    expect(result.problems).toEqual([]);
    expect(result.lost_commits).toBeGreaterThanOrEqual(80);
    expect(recovered.run.loss?.lost).toBe(result.lost_commits);
    expect(result.rpo_seconds).toBeGreaterThan(0.5);
  }, 120_000);
});
