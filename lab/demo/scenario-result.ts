import { failedClaims } from '../judge.ts';
import type { Recovered } from './recovery.ts';
import type { ScenarioResult } from './result.ts';

/** What the judge found, beside what the run says of itself. `problems`: what else is wrong, in words. */
export type Judged = Pick<
  ScenarioResult,
  | 'acknowledged_commits'
  | 'lost_commits'
  | 'rows_deleted'
  | 'rows_restored'
  | 'later_writes'
  | 'later_writes_kept'
  | 'happened'
  | 'proofs'
  | 'problems'
>;

/** The run and its judge together: verified is what is proven, and kept its promises. */
export function scenarioResult({ run, evidence, report }: Recovered, judged: Judged): ScenarioResult {
  const { happened, proofs, problems: found, ...numbers } = judged;
  const unproven = failedClaims(proofs).map(({ claim, observed }) => `not proven: ${claim} (${observed})`);
  const problems = [...unproven, ...missed(run), ...found];
  return {
    title: run.title,
    run: run.run,
    objective: run.objective,
    rto_seconds: run.rto_seconds ?? null,
    rpo_seconds: run.rpo_seconds ?? null,
    human_wait_seconds: run.human_wait_seconds,
    ...numbers,
    verified: problems.length === 0,
    evidence,
    report,
    happened,
    proofs,
    problems,
  };
}

/** Objectives that were missed or not measured. */
function missed(run: Recovered['run']): readonly string[] {
  const of = (name: string, value: number | undefined, limit: number) => {
    if (value === undefined) return [`${name} was not measured`];
    return value > limit ? [`${name} was ${value} s, and ${limit} s were promised`] : [];
  };
  return [
    ...of('RTO', run.rto_seconds, run.objective.rto_seconds),
    ...of('RPO', run.rpo_seconds, run.objective.rpo_seconds),
  ];
}
