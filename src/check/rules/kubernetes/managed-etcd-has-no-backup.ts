import type { Rule } from '../../rule.ts';

/** What one cannot reach one cannot copy. */
export const managedEtcdHasNoBackup: Rule = {
  id: 'managed-etcd-has-no-backup',
  level: 'error',
  title: 'A backup of etcd is only promised where etcd can be reached',
  why: 'The provider runs the control plane of EKS, GKE and AKS, and gives nobody access to its etcd (AWS documentation, EKS architecture). Velero asks the API server for objects and takes snapshots of volumes; it never touches etcd (Velero documentation, how Velero works). Whoever counts on an etcd snapshot has none.',
  bad: `
components: { shop: { kind: workload, technology: EKS, domain: machine, stateless: true, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: etcd.snapshot, every: 6h }] } }
`,
  good: `
components: { shop: { kind: workload, technology: EKS, domain: machine, stateless: true, objectives: { rto: 1h, rpo: 24h }, backups: [{ method: velero.backup, every: 6h }] } }
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, { technology = '', backups }]) =>
      backups.flatMap(({ method, note = '' }, index) => {
        const managed = MANAGED.exec(technology)?.[0];
        if (method !== 'etcd.snapshot' || (managed === undefined && !/\bvelero\b/i.test(note))) return [];
        const why = managed
          ? `nobody can reach the etcd of ${managed}`
          : 'Velero copies objects and volumes, never etcd';
        return [
          {
            path: ['components', name, 'backups', index],
            message: `${name} counts on snapshots of etcd, and ${why}: there are none`,
            hint: 'Say method: velero.backup, with what it includes, and restore from that.',
          },
        ];
      }),
    ),
};

const MANAGED = /\b(EKS|GKE|AKS|DOKS|managed kubernetes)\b/i;
