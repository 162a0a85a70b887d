import { afterEach, expect, test } from 'vitest';
import { TINY_SEED } from '../../lab/corporate-intel/database.ts';
import { playDeletion } from '../../lab/demo/deletion.ts';
import { judgeDestroyed, playDestroyed, strikeDestroyed } from '../../lab/demo/destroyed.ts';
import { recoverWithOperator } from '../../lab/demo/recovery.ts';
import { type Stage, setStage } from './play.ts';

let stage: Stage | undefined;
const options = { seed: TINY_SEED, settings: ['fsync = off'] };

afterEach(async () => {
  await stage?.end();
  stage = undefined;
}, 30_000);

test('companies deleted by accident come back exactly, while the application keeps writing', async () => {
  stage = await setStage(options);
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
  stage = await setStage(options);
  const result = await playDestroyed(stage);
  expect(result.problems).toEqual([]);
  expect(result.acknowledged_commits).toBeGreaterThan(100);
  expect(result.rows_restored).toBe(result.rows_deleted);
  expect(result.rpo_seconds).toBeLessThan(300);
  expect(result.rto_seconds).toBeLessThan(2 * 3600);
  expect(result.verified).toBe(true);
}, 120_000);

test('what was written after the stream had stopped is lost, and the count is exact', async () => {
  stage = await setStage(options);
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

test('both disasters, one after the other, on the same system', async () => {
  stage = await setStage(options);
  expect((await playDeletion(stage)).problems).toEqual([]);
  expect((await playDestroyed(stage)).problems).toEqual([]);
}, 180_000);
