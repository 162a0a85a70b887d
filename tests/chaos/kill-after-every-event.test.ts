import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { TINY_SEED, withClient } from '../../lab/corporate-intel/database.ts';
import { type Deletion, doLaterWork, strikeDeletion } from '../../lab/corporate-intel/strike.ts';
import { type Destruction, strikeDestroyed } from '../../lab/demo/destroyed.ts';
import { outputOf, type RecoverOutput } from '../../lab/demo/result.ts';
import { failedClaims, judgeContent, judgeDeletion, judgeLedger } from '../../lab/judge.ts';
import type { Finished } from '../../lab/lifeboat.ts';
import { operator } from '../../lab/operator.ts';
import { dataFolders } from '../../lab/teardown.ts';
import { type Stage, setStage } from '../scenarios/play.ts';
import { countInLog } from './server-log.ts';

/*
 * Exhaustive, not random: the recovery is killed with -9 after its first journal event, then after its second, and so on
 * until it is over before it can be killed. Each time it is resumed, and the world must be as if nothing had happened.
 * The suite takes every third event, `npm run chaos` all of them; in one process all of them are always taken (example-scenarios.test.ts).
 */
const MORTAL = join(import.meta.dirname, 'recover-and-die.ts');
/** Far above what a quiet machine needs: a hang must end, a busy machine must not fail. */
const BUDGET_MS = 900_000;

const STRIDE = process.env.CHAOS === 'all' ? 1 : 3;

/** Each loss has a world of its own, so that both are played at the same time. */
async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const settings = ['fsync = off', "log_statement = 'ddl'", 'autovacuum = off'];
  const stage = await setStage({ seed: TINY_SEED, rate: 40, settings, changePlan: nameTheTransaction });
  try {
    await play(stage);
  } finally {
    await stage.end();
  }
}

/** The company's own plan; only that the transaction is named, because this world sees many deletions in one hour. */
function nameTheTransaction(text: string): string {
  const plan = parse(text);
  const scenario = plan.scenarios['accidental-deletion'];
  scenario.inputs.xid = { describe: 'The transaction that did it.' };
  const find = scenario.steps.find((step: { uses: string }) => step.uses === 'postgres.find_deletion');
  find.with = { ...find.with, xid: '${{ int(inputs.xid) }}' };
  return stringify(plan);
}

/** One `lifeboat recover` with somebody who approves at once. */
async function recover(stage: Stage, args: readonly string[], dieAfter?: number): Promise<Finished> {
  const { world } = stage;
  const person = operator(world.lifeboat, { thinksMs: 0, say: stage.say });
  const recovery = await world.lifeboat.start(['recover', ...args, '--plan', world.plan, '--json'], {
    onLine: (line, stream) => {
      stage.say(line);
      if (stream === 'stderr') person.read(line);
    },
    ...(dieAfter === undefined ? {} : { program: MORTAL, env: { DIE_AFTER: String(dieAfter) } }),
  });
  const late = setTimeout(() => recovery.end('SIGTERM'), 120_000);
  const finished = await recovery.finished;
  clearTimeout(late);
  await person.rest();
  return finished;
}

/** Recovers, dying after the n-th event and resuming. Says whether it was over before it could die. */
async function dieAndResume(
  stage: Stage,
  args: readonly string[],
  n: number,
): Promise<{ run: RecoverOutput; died: boolean }> {
  const first = await recover(stage, args, n);
  const died = first.signal === 'SIGKILL';
  const last = died ? await recover(stage, ['--resume']) : first;
  if (last.code !== 0) throw new Error(`after event ${n}: ${last.code} ${last.stdout}${last.stderr}`);
  return { run: JSON.parse(last.stdout) as RecoverOutput, died };
}

const losses = [
  ['an accidental deletion', deletionKilledAfter, 9],
  ['a destroyed server', destructionKilledAfter, 7],
] as const;

test.concurrent.each(losses)(
  '%s: killed after every event, resumed, the world is the same',
  (_loss, killedAfter, steps) =>
    onStage(async (stage) => {
      let events = 0;
      for (let next = 1; await killedAfter(stage, next); next += STRIDE) events = next;
      // The run is created and claimed, each step starts and ends, the service is healthy, and the run succeeds.
      expect(events).toBeGreaterThan(2 * steps + 4 - STRIDE);
    }),
  BUDGET_MS,
);

async function deletionKilledAfter(stage: Stage, n: number): Promise<boolean> {
  const { world } = stage;
  const deletion = await strikeDeletion(world.urls.analyst);
  const later = await doLaterWork(world.urls.application);
  const log = await countInLog(world.server.logFile);
  const inputs = ['--set', 'actor=analyst', '--set', `xid=${deletion.xid}`];
  const { run, died } = await dieAndResume(stage, ['accidental-deletion', ...inputs], n);
  await judgeOne(stage, n, run, deletion, later);
  const calls = await countInLog(world.server.logFile);
  // The server's own log is the witness: one block, one unblock, whatever happened in between.
  expect([n, calls.blocks - log.blocks, calls.unblocks - log.unblocks]).toEqual([n, 1, 1]);
  expect([n, await dataFolders(world.state)]).toEqual([n, []]);
  await deletion.closeSession();
  return died;
}

async function judgeOne(
  stage: Stage,
  n: number,
  run: RecoverOutput,
  deletion: Deletion,
  later: Awaited<ReturnType<typeof doLaterWork>>,
): Promise<void> {
  const { world } = stage;
  const verdict = await judgeDeletion(world.urls.superuser, deletion, later);
  const ledger = await judgeLedger(world.urls.superuser, await world.application.acknowledged());
  expect([n, run.status, run.open_obligations]).toEqual([n, 'succeeded', []]);
  expect([n, failedClaims(verdict.claims)]).toEqual([n, []]);
  expect([n, verdict.rowsRestored, ledger.lost]).toEqual([n, deletion.rows, []]);
  expect([n, outputOf(run, 'postgres.load_rows', 'inserted')]).toEqual([n, deletion.rows]);
}

async function destructionKilledAfter(stage: Stage, n: number): Promise<boolean> {
  const { world } = stage;
  // After an outage the stream tries again ever more rarely; the next disaster here would come before it does.
  await stage.restartStream();
  await world.application.moreCommits(10);
  const timeline = await timelineOf(world.urls.superuser);
  const struck: Destruction = await strikeDestroyed(world);
  const { run, died } = await dieAndResume(stage, ['database-destroyed', '--impact', struck.at], n);
  struck.stopWatching();
  const content = await judgeContent(world.urls.superuser, struck.before);
  const ledger = await judgeLedger(world.urls.superuser, struck.acknowledged);
  expect([n, run.status, run.open_obligations]).toEqual([n, 'succeeded', []]);
  expect([n, failedClaims(content.claims)]).toEqual([n, []]);
  expect([n, run.loss?.lost]).toEqual([n, ledger.lost.length]);
  expect([n, await world.application.isHealthy()]).toEqual([n, true]);
  // Each promotion begins a timeline: the witness that the server was restored and promoted once, whatever happened in between.
  expect([n, await timelineOf(world.urls.superuser)]).toEqual([n, timeline + 1]);
  return died;
}

async function timelineOf(url: string): Promise<number> {
  const sql = "SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int AS timeline";
  const { rows } = await withClient(url, (client) => client.query<{ timeline: number }>(sql));
  return (rows[0] as { timeline: number }).timeline;
}
