import { expandedSteps } from '../../../model/plan/expand.ts';
import type { Plan, Step } from '../../../model/plan.ts';
import { lostComponents } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { methodsUsed } from '../../runbooks/restore-methods.ts';

/** A version that nobody knows how to bring back is no backup. */
export const versionsCanBeBroughtBack: Rule = {
  id: 'versions-can-be-brought-back',
  level: 'warning',
  title: 'A bucket that rests on versioning has a runbook for deleted objects',
  why: 'Versioning keeps what was overwritten or deleted, inside the same bucket: it helps when somebody takes the delete markers away or copies older versions, and not at all when the bucket or its region is gone (S3 user guide, using versioning in S3 buckets). Without a runbook the promise of versioning is kept by nobody.',
  bad: `
components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h }, backups: [{ method: s3.versioning, keep: 90d }] } }
scenarios: { gone: { title: Gone, loses: [files], steps: [{ id: copy, uses: s3.copy, with: { component: files } }] } }
`,
  good: `
components: { files: { kind: bucket, domain: machine, objectives: { rto: 1h }, backups: [{ method: s3.versioning, keep: 90d }] } }
scenarios: { gone: { title: Gone, loses: [files], steps: [{ id: back, uses: s3.undelete, with: { component: files } }] } }
`,
  judge: (plan) =>
    Object.entries(plan.components).flatMap(([name, { kind, backups }]): readonly Complaint[] => {
      const index = backups.findIndex(({ method }) => method === 's3.versioning');
      if (kind !== 'bucket' || index < 0 || isBroughtBack(plan, name)) return [];
      return [
        {
          path: ['components', name, 'backups', index],
          message: `${name} keeps versions, and no scenario brings back an object that was deleted; when the bucket itself or its region is lost, its versions are lost with it`,
          hint: 'Write a scenario for deleted objects (s3.find_deleted, s3.undelete), and one for the bucket, which is refilled from a copy elsewhere (s3.replication).',
        },
      ];
    }),
};

const isBroughtBack = (plan: Plan, name: string): boolean =>
  Object.entries(plan.scenarios).some(([scenario, written]) => {
    const steps = expandedSteps(plan, scenario).map(({ step }) => step);
    return (
      lostComponents(plan, written).includes(name) &&
      (methodsUsed({ steps }, name).has('s3.versioning') || steps.some(asksAPerson))
    );
  });

/** Somebody is told to bring back versions. */
const asksAPerson = ({ uses, title, with: input }: Step): boolean =>
  uses === 'human.task' &&
  /\bversions?\b|undelet|delete markers?/i.test(`${title ?? ''} ${String(input.instruction ?? '')}`);
