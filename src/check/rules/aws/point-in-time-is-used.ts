import { parseDuration } from '../../../lib/duration.ts';
import { parseSchedule } from '../../../lib/schedule.ts';
import type { Component, Plan } from '../../../model/plan.ts';
import type { CheckFacts, Complaint, Rule } from '../../rule.ts';
import { wordsOf } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** What is paid for and kept, a runbook should use. */
export const pointInTimeIsUsed: Rule = {
  id: 'point-in-time-is-used',
  level: 'warning',
  title: 'Where RDS can go back to any moment, a runbook does so',
  why: 'As long as RDS keeps automated backups it also keeps the logs, and restores to any moment up to about five minutes ago. A plan whose runbooks restore snapshots only loses all that was written since the newest one, for nothing (RDS User Guide, restoring to a specified time).',
  bad: `
components:
  orders:
    kind: database
    domain: machine
    objectives: { rto: 1h, rpo: 8h }
    backups: [{ method: rds.automated, every: 6h, takes: 10m, keep: 30d, copies: [{ domain: cellar }] }]
`,
  good: `
components:
  orders:
    kind: database
    domain: machine
    objectives: { rto: 1h, rpo: 8h }
    backups: [{ method: rds.automated, every: 6h, takes: 10m, keep: 30d, copies: [{ domain: cellar }] }]
procedures:
  back:
    title: Restore the orders
    steps: [{ id: restore, uses: rds.restore_to_time, with: { component: orders, at: "\${{ inputs.at }}" } }]
    inputs: { at: { describe: The moment } }
`,
  judge: (plan, facts) => (usesIt(plan, facts) ? [] : complaints(plan)),
};

/** By a command, by a typed action, or by a person. */
const usesIt = (plan: Plan, facts: CheckFacts): boolean =>
  sequencesOf(plan, facts).some(
    ({ operations, steps }) =>
      operations.some(({ name }) => /rds\.restore_to_(time|point)/.test(name)) ||
      steps.some((placed) => /\bpoint[- ]in[- ]time\b|\bPITR\b/i.test(wordsOf(placed))),
  );

const complaints = ({ components }: Plan): readonly Complaint[] =>
  Object.entries(components).flatMap(([name, component]) => {
    const index = component.backups.findIndex(({ method, keep }) => method === 'rds.automated' && keepsSome(keep));
    if (index < 0) return [];
    const newest = Math.min(...component.backups.flatMap(gapOf));
    const usual = Number.isFinite(newest) ? ` of up to ${Math.round(newest / 3_600_000)} hours` : '';
    return [
      {
        path: ['components', name, 'backups', index],
        message: `RDS could restore ${name} to a moment five minutes ago, and no scenario or procedure does: a snapshot costs what was written in the time${usual} since`,
        hint: 'Add a step with rds.restore_to_time (aws rds restore-db-instance-to-point-in-time) where the source or its backups still exist, and keep the snapshot as the second way.',
      },
    ];
  });

const keepsSome = (keep: string | undefined): boolean =>
  keep === undefined || keep === 'forever' || (parseDuration(keep) ?? 0) > 0;

const gapOf = ({ method, every }: Component['backups'][number]): readonly number[] => {
  const gap = every === undefined || !method.startsWith('rds.') ? undefined : parseSchedule(every)?.longestGap;
  return gap === undefined || gap === 0 ? [] : [gap];
};
