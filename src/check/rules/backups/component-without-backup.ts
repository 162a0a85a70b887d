import { copyPlaces } from '../../copies.ts';
import { keepsData } from '../../losses.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What keeps something and is copied nowhere is lost for good. */
export const componentWithoutBackup: Rule = {
  id: 'component-without-backup',
  level: 'error',
  title: 'Every component that keeps something is copied somewhere',
  why: 'A database, a bucket, a search index or the secrets of a system cannot be invented again. Rotating a secret is no copy of it. What can be rebuilt from elsewhere is said to be stateless.',
  bad: `
components: { search: { kind: search, domain: machine, objectives: { rto: 2h } } }
scenarios: { loss: { loses: [database, api, search] } }
`,
  good: `
components: { search: { kind: search, domain: machine, stateless: true, objectives: { rto: 2h } } }
scenarios: { loss: { loses: [database, api, search] } }
`,
  judge: (plan) =>
    Object.entries(plan.components).flatMap(([name, component]): readonly Complaint[] => {
      if (!keepsData(component) || copyPlaces(plan, name, component).length > 0) return [];
      const said = component.stateless === false || component.kind === 'postgres' || component.kind === 'database';
      const only = component.backups[0]?.method;
      const message = only
        ? `the only backup of ${name} is ${only}, which keeps no copy`
        : `nothing copies ${name}, which keeps data`;
      return [
        {
          path: only ? ['components', name, 'backups'] : ['components', name],
          level: said || only ? 'error' : 'warning',
          message,
          hint: 'Add backups to it, or write stateless: true when everything in it can be made again.',
        },
      ];
    }),
};
