import type { Component } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Most outages begin with a deployment. */
export const deploymentsCanBeTakenBack: Rule = {
  id: 'deployments-can-be-taken-back',
  level: 'warning',
  title: 'What is deployed can be taken back',
  why: 'A change is the most frequent cause of an outage (Google SRE book, chapter on change management: about 70 %). A plan that knows how to replace a region, and not how to go back to the release before, answers the rare case only.',
  bad: `
components: { images: { kind: registry, domain: cellar, objectives: { rto: 1h }, backups: [{ method: registry.images, copies: [{ domain: machine }] }] } }
`,
  good: `
components: { images: { kind: registry, domain: cellar, objectives: { rto: 1h }, backups: [{ method: registry.images, copies: [{ domain: machine }] }] } }
scenarios: { bad-release: { title: A release is bad, kind: rollback, loses: [api], detect_within: 1m, healthy: look, steps: [{ id: look, uses: http.wait_healthy, with: { component: api }, expect: 5m }] } }
`,
  judge(plan) {
    // Only where the plan knows of releases: who runs what others build has none to take back.
    const releases = Object.values(plan.components).some(({ kind }) => FROM.has(kind));
    const rollbacks = Object.values(plan.scenarios).filter(({ kind }) => kind === 'rollback');
    if (!releases && rollbacks.length === 0) return [];
    const classes = Object.keys(plan.classes);
    const foremost = classes.slice(0, Math.max(1, Math.floor(classes.length / 2)));
    return Object.entries(plan.components).flatMap(([name, component]) =>
      isDeployed(component) &&
      (component.class === undefined || foremost.includes(component.class)) &&
      !rollbacks.some(({ loses }) => loses.includes(name))
        ? [complaint(name)]
        : [],
    );
  },
};

const FROM = new Set(['registry', 'pipeline']);
const DEPLOYED = new Set(['service', 'container-service', 'worker', 'workload', 'frontend', 'static-site']);

const isDeployed = ({ kind }: Component): boolean => DEPLOYED.has(kind);

const complaint = (name: string): Complaint => ({
  path: ['components', name],
  message: `no scenario of kind rollback says how a bad release of ${name} is taken back`,
  hint: 'Add a scenario: how it is noticed, which release was good, how it returns, and what becomes of its migrations.',
});
