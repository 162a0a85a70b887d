import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry } from '../corporate-intel/ledger.ts';
import { type Digests, seedDigests } from '../corporate-intel/strike.ts';
import type { World } from '../corporate-intel/world.ts';
import { type Claim, type ContentVerdict, judgeContent, judgeLedger, type LedgerVerdict } from '../judge.ts';
import { judgeRun, type Recovered, recoverWithOperator, type Staged } from './recovery.ts';
import type { ScenarioResult } from './result.ts';
import { scenarioResult } from './scenario-result.ts';

export interface Destruction {
  readonly at: string;
  readonly before: Digests;
  /** Everything the application was told is safe, when the server was gone. */
  readonly acknowledged: readonly LedgerEntry[];
  /** Resolves with the time at which the application first answered again, or undefined when it was asked to stop. */
  readonly backAt: Promise<number | undefined>;
  stopWatching(): void;
}

/** The server is killed with -9 and its data folder removed; it comes back to the latest moment there is. */
export async function playDestroyed(stage: Staged): Promise<ScenarioResult> {
  const { world, say } = stage;
  await world.application.moreCommits(100);
  const struck = await strikeDestroyed(world);
  say(`STRIKE: the server was killed with -9 and ${world.server.dataFolder} is gone`);
  try {
    const recovered = await recoverWithOperator(stage, ['database-destroyed', '--impact', struck.at]);
    return await judgeDestroyed(stage, struck, recovered);
  } finally {
    struck.stopWatching();
  }
}

/** Destroys the server, and waits until the last acknowledgement has reached the ledger. */
export async function strikeDestroyed(world: World): Promise<Destruction> {
  const before = await seedDigests(world.urls.superuser);
  const at = new Date();
  await world.server.destroy();
  const acknowledged = await settled(world);
  let watching = true;
  const backAt = (async () => {
    for (; watching; await pause(50)) if (await world.application.isHealthy()) return Date.now();
    return undefined;
  })();
  return {
    at: at.toISOString(),
    before,
    acknowledged,
    backAt,
    stopWatching: () => {
      watching = false;
    },
  };
}

async function settled(world: World): Promise<readonly LedgerEntry[]> {
  for (let last = -1; ; ) {
    const down = !(await world.application.isHealthy());
    const entries = await world.application.acknowledged();
    if (down && entries.length === last) return entries;
    last = entries.length;
    await pause(100);
  }
}

/** Looks at the world after the recovery. */
export async function judgeDestroyed(
  stage: Staged,
  struck: Destruction,
  recovered: Recovered,
): Promise<ScenarioResult> {
  const { world, say } = stage;
  const { run } = recovered;
  const healthy = await world.application.isHealthy();
  if (healthy) await world.application.moreCommits(50);
  say('judging: comparing every row and every acknowledged commit, without any code of Lifeboat');
  const ledger = await judgeLedger(world.urls.superuser, struck.acknowledged);
  const all = await world.application.acknowledged();
  const later = await judgeLedger(world.urls.superuser, all.slice(struck.acknowledged.length));
  struck.stopWatching();
  const backAt = await struck.backAt;
  const outage = backAt === undefined ? undefined : (backAt - Date.parse(struck.at)) / 1000;
  const content = await judgeContent(world.urls.superuser, struck.before);
  const proofs = [
    ...content.claims,
    ...agreement(run, ledger, outage),
    ...(await judgeRun(stage, recovered)),
    { claim: 'the application is healthy', held: healthy, observed: world.application.healthUrl },
  ];
  return toResult(recovered, { content, ledger, later, proofs });
}

/** The run's own numbers against the judge's. */
function agreement(run: Recovered['run'], ledger: LedgerVerdict, outage: number | undefined): readonly Claim[] {
  const { loss } = run;
  return [
    {
      claim: 'the run and the judge count the same commits, and the same lost ones',
      held: loss?.lost === ledger.lost.length && loss.acknowledged === ledger.acknowledged,
      observed: `${loss?.lost} of ${loss?.acknowledged}, and ${ledger.lost.length} of ${ledger.acknowledged}`,
    },
    {
      claim: 'the run and the judge measure the same loss',
      held: run.rpo_seconds !== undefined && Math.abs(run.rpo_seconds - ledger.lossSeconds) < 0.5,
      observed: `${run.rpo_seconds} s and ${ledger.lossSeconds} s`,
    },
    {
      claim: 'the RTO is not shorter than the outage seen from outside',
      held: outage !== undefined && run.rto_seconds !== undefined && run.rto_seconds + 0.5 >= outage,
      observed: `RTO ${run.rto_seconds} s, outage ${outage} s`,
    },
  ];
}

interface Facts {
  readonly content: ContentVerdict;
  readonly ledger: LedgerVerdict;
  readonly later: LedgerVerdict;
  readonly proofs: readonly Claim[];
}

function toResult(recovered: Recovered, { content, ledger, later, proofs }: Facts): ScenarioResult {
  const kept = later.acknowledged - later.lost.length;
  const isWhole = later.acknowledged > 0 && later.lost.length === 0;
  return scenarioResult(recovered, {
    acknowledged_commits: ledger.acknowledged,
    lost_commits: ledger.lost.length,
    rows_deleted: content.rowsBefore,
    rows_restored: content.rowsEqual,
    later_writes: later.acknowledged,
    later_writes_kept: kept,
    happened: 'the server was killed with -9 and its data folder was removed',
    proofs,
    problems: isWhole ? [] : [`${kept} of ${later.acknowledged} writes after the recovery are there`],
  });
}
