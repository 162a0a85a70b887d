import { type Deletion, doLaterWork, strikeDeletion, TABLES } from '../corporate-intel/strike.ts';
import { type Claim, judgeDeletion, judgeLedger, type LedgerVerdict } from '../judge.ts';
import { dataFolders } from '../teardown.ts';
import { judgeRun, type Recovered, recoverWithOperator, type Staged } from './recovery.ts';
import { outputOf, type ScenarioResult } from './result.ts';
import { scenarioResult } from './scenario-result.ts';

/** Somebody deletes companies while the application keeps writing; they come back, and nothing else is touched. */
export async function playDeletion(stage: Staged): Promise<ScenarioResult> {
  const { world, say } = stage;
  await world.application.moreCommits(100);
  const deletion = await strikeDeletion(world.urls.analyst);
  say(`STRIKE: the role analyst ${describe(deletion)}`);
  try {
    const later = await doLaterWork(world.urls.application);
    await world.application.moreCommits(60);
    const recovered = await recoverWithOperator(stage, ['accidental-deletion', '--set', 'actor=analyst']);
    await world.application.moreCommits(20);
    say('judging: comparing every row and every acknowledged commit, without any code of Lifeboat');
    const acknowledged = await world.application.acknowledged();
    const ledger = await judgeLedger(world.urls.superuser, acknowledged);
    const rows = await judgeDeletion(world.urls.superuser, deletion, later);
    const after = acknowledged.filter((entry) => entry.at > deletion.committedAt);
    const kept = after.length - ledger.lost.filter((entry) => entry.at > deletion.committedAt).length;
    const proofs = [
      ...rows.claims,
      ...agreement(recovered, deletion, ledger),
      ...(await judgeRun(stage, recovered)),
      await nothingLeft(stage),
      {
        claim: 'the application is healthy',
        held: await world.application.isHealthy(),
        observed: world.application.healthUrl,
      },
    ];
    const facts = { deletion, rowsRestored: rows.rowsRestored, ledger, later: after.length, kept, proofs };
    return toResult(recovered, facts);
  } finally {
    await deletion.closeSession();
  }
}

const describe = ({ deleted }: Deletion): string =>
  `deleted ${deleted.companies.size} companies, and ${deleted.filings.size} filings and ${deleted.metrics.size} metrics with them`;

/** The run's own numbers against the judge's. */
function agreement({ run, wallSeconds }: Recovered, deletion: Deletion, ledger: LedgerVerdict): readonly Claim[] {
  const found = outputOf(run, 'postgres.find_deletion', 'rows');
  const xid = outputOf(run, 'postgres.find_deletion', 'xid');
  const inserted = outputOf(run, 'postgres.load_rows', 'inserted');
  const off = Math.abs(Date.parse(run.impact_at) - Date.parse(deletion.committedAt)) / 1000;
  return [
    {
      claim: 'the run found exactly the transaction that did it',
      held: found === deletion.rows && xid === deletion.xid,
      observed: `transaction ${xid} with ${found} rows; it was ${deletion.xid} with ${deletion.rows}`,
    },
    {
      claim: 'the run says it put back as many rows as are back',
      held: inserted === deletion.rows,
      observed: `${inserted} rows inserted in ${TABLES.length} tables`,
    },
    {
      claim: 'the run and the judge count the same lost commits',
      held: run.loss?.lost === ledger.lost.length,
      observed: `${run.loss?.lost} and ${ledger.lost.length}`,
    },
    {
      claim: 'the RTO clock began when the damage was done and is no longer than what we saw',
      held: off < 1 && run.rto_seconds !== undefined && run.rto_seconds <= wallSeconds + sinceStrike(run, wallSeconds),
      observed: `impact ${off.toFixed(3)} s away from the commit, RTO ${run.rto_seconds} s`,
    },
    {
      claim: 'the session of the one who deleted was ended',
      held: deletion.sessionEnded(),
      observed: deletion.sessionEnded() ? 'ended by the server' : 'still open',
    },
  ];
}

/** The recovery began some time after the damage: that time is part of the RTO. */
const sinceStrike = (run: { impact_at: string }, wallSeconds: number): number =>
  Math.max(0, (Date.now() - Date.parse(run.impact_at)) / 1000 - wallSeconds);

async function nothingLeft({ world }: Staged): Promise<Claim> {
  const left = await dataFolders(world.state);
  return {
    claim: 'no side instance is left behind',
    held: left.length === 0,
    observed: left.length === 0 ? 'none' : left.join(', '),
  };
}

interface Facts {
  readonly deletion: Deletion;
  readonly rowsRestored: number;
  readonly ledger: LedgerVerdict;
  readonly later: number;
  readonly kept: number;
  readonly proofs: readonly Claim[];
}

function toResult(recovered: Recovered, { deletion, ledger, ...facts }: Facts): ScenarioResult {
  return scenarioResult(recovered, {
    acknowledged_commits: ledger.acknowledged,
    lost_commits: ledger.lost.length,
    rows_deleted: deletion.rows,
    rows_restored: facts.rowsRestored,
    later_writes: facts.later,
    later_writes_kept: facts.kept,
    happened: `analyst ${describe(deletion)}`,
    proofs: facts.proofs,
    problems: [
      ...(ledger.lost.length > 0 ? [`${ledger.lost.length} acknowledged commits are lost`] : []),
      ...(facts.kept === facts.later && facts.later > 0 ? [] : [`${facts.kept} of ${facts.later} later writes kept`]),
    ],
  });
}
