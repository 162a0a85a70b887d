import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import type { Plan } from '../../../model/plan.ts';
import { componentPromise, type Promised, promiseIn } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** What customers were promised must leave room for one recovery that goes well. */
export const outageFitsTheServiceLevel: Rule = {
  id: 'outage-fits-the-service-level',
  level: 'warning',
  title: 'One recovery within the RTO does not break the service level',
  why: 'A service level of 99.9 % over 30 days allows 43 minutes of outage. An RTO of 4 hours uses up more than five months of that at once, although everything went as planned.',
  bad: `
service_levels: [{ availability: 99.9%, window: 30d, components: [api] }]
components: { database: { objectives: { rto: 30m, rpo: 5m } } }
`,
  good: `
service_levels: [{ availability: 99%, window: 30d, components: [api] }]
`,
  judge: (plan) =>
    plan.service_levels.flatMap(({ availability, window, components }, index) => {
      const allowed = (1 - Number.parseFloat(availability) / 100) * (parseDuration(window) ?? 0);
      const longest = longestPromise(plan, components);
      if (longest?.limit === undefined || longest.limit <= Math.round(allowed)) return [];
      const times = Math.round((longest.limit / allowed) * 10) / 10;
      const worth = Number.isFinite(times) ? `, which is ${times} times as much` : '';
      const complaint: Complaint = {
        path: ['service_levels', index, 'availability'],
        message: `${availability} over ${window} allows an outage of ${formatDuration(allowed)}, and one recovery may take ${longest.text}${worth}`,
        hint: 'Promise customers what a recovery leaves room for, or make the recovery quicker.',
        related: [{ path: longest.path, message: `an RTO of ${longest.text}` }],
      };
      return [complaint];
    }),
};

function longestPromise(plan: Plan, components: readonly string[]): Promised | undefined {
  const names = components.length > 0 ? components : Object.keys(plan.components);
  const scenarios = Object.entries(plan.scenarios).filter(
    ([, { kind, loses }]) =>
      kind === 'disaster' && (components.length === 0 || loses.some((one) => components.includes(one))),
  );
  const promises = [
    ...names.map((name) => componentPromise(plan, name, 'rto')),
    ...scenarios.map(([name, { objectives }]) => promiseIn(objectives, ['scenarios', name, 'objectives'], 'rto')),
  ];
  return promises
    .flatMap((one) => (one?.limit === undefined ? [] : [one]))
    .sort((a, b) => Number(b.limit) - Number(a.limit))[0];
}
