import type { Rule } from '../../rule.ts';
import { type Act, about } from '../../runbooks/acts.ts';
import { sequencesOf } from '../../runbooks/sequences.ts';

/** A copy that no runbook uses protects nothing. */
export const veleroBackupsAreRestored: Rule = {
  id: 'velero-backups-are-restored',
  level: 'warning',
  title: 'A cluster that is backed up with Velero is brought back with Velero',
  why: 'Manifests from source bring back what runs, not what it has written: volumes, and objects that were made in the cluster itself, exist only in the backup (Velero documentation, restore). Pods start with empty volumes and look healthy.',
  bad: `
components: { shop: { kind: workload, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: velero.backup, every: 6h, copies: [{ domain: cellar }] }] } }
scenarios:
  loss:
    loses: [database, api, shop]
    steps:
      - { id: workloads, uses: shell.run, with: { command: kubectl --context new apply -k overlays/production } }
`,
  good: `
components: { shop: { kind: workload, domain: machine, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: velero.backup, every: 6h, copies: [{ domain: cellar }] }] } }
scenarios:
  loss:
    loses: [database, api, shop]
    steps:
      - { id: data, uses: shell.run, with: { command: velero restore create --from-backup shop-daily --wait } }
      - { id: workloads, uses: shell.run, with: { command: kubectl --context new apply -k overlays/production } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap(({ acts, scenario, name }) => {
      const apply = acts.find((act) => act.name === 'k8s.apply' && act.command !== undefined);
      if (!apply || acts.some(isVeleroRestore)) return [];
      const kept = (scenario?.loses ?? []).find((lost) =>
        plan.components[lost]?.backups.some(({ method }) => method === 'velero.backup'),
      );
      if (kept === undefined) return [];
      return [
        about(apply, {
          message: `${name} brings ${kept} back from its manifests, and never from its Velero backups: volumes stay empty`,
          hint: `Add velero restore create --from-backup … before this step, or take the backup of ${kept} out of the plan if it holds nothing.`,
        }),
      ];
    }),
};

const isVeleroRestore = ({ name, command, placed }: Act): boolean =>
  name === 'velero.restore' ||
  (command === undefined &&
    /\bvelero\b/i.test(`${placed.step.title ?? ''} ${String(placed.step.with.instruction ?? '')}`));
