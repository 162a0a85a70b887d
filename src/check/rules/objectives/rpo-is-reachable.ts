import { allNeeded } from '../../../lib/graph.ts';
import type { PlanPath } from '../../../model/finding.ts';
import { expandedSteps } from '../../../model/plan/expand.ts';
import type { Component, Plan, Scenario } from '../../../model/plan.ts';
import { bestLoss, type CopyPlace, copyPlaces, MIRRORS, survives } from '../../copies.ts';
import { componentNeeds, keepsData, lostComponents } from '../../losses.ts';
import { componentPromise, promiseIn, scenarioPromise } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { methodsUsed } from '../../runbooks/restore-methods.ts';

/** What a plan promises never to lose, its copies must be able to give back. */
export const rpoIsReachable: Rule = {
  id: 'rpo-is-reachable',
  level: 'error',
  title: 'The copies are taken often enough for the RPO',
  why: 'Just before the next copy is finished, the newest one is as old as the interval and the time that taking it needs. A stream of the write-ahead log adds every moment since the last base backup, but a server that dies takes its last seconds with it. A scenario can use only what survives its loss and what its steps restore from; a replica repeats a deletion at once.',
  bad: `
components:
  database:
    objectives: { rto: 1h, rpo: 6h }
    backups: [{ method: postgres.dump, every: 6h, takes: 20m }]
`,
  good: `
components:
  database:
    objectives: { rto: 1h, rpo: 5m }
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h }
      - { method: postgres.wal_stream }
`,
  judge: (plan) => [...componentComplaints(plan), ...dataComplaints(plan), ...scenarioComplaints(plan)],
};

interface Asked {
  readonly who: string;
  readonly text: string;
  readonly limit: number;
  readonly path: PlanPath;
  /** Components that are lost. */
  readonly lost: readonly string[];
  /** Which copies of a component can be chosen then. */
  usable(name: string, component: Component): readonly CopyPlace[];
  /** Whether the server itself is given up, and with it what it alone knew. */
  readonly replaced: boolean;
}

function componentComplaints(plan: Plan): readonly Complaint[] {
  return Object.keys(plan.components).flatMap((name) => {
    const promise = componentPromise(plan, name, 'rpo');
    if (promise?.limit === undefined) return [];
    const usable = (one: string, component: Component): readonly CopyPlace[] => copyPlaces(plan, one, component);
    // What a whole class or plan promises is judged for what keeps data itself: else one loss would be told many times over.
    const own = promise.path[0] === 'components';
    const lost = own || keepsData(plan.components[name] as Component) ? [name] : [];
    return judgeLoss(plan, {
      who: name,
      text: promise.text,
      limit: promise.limit,
      path: promise.path,
      lost,
      usable,
      replaced: true,
    });
  });
}

function dataComplaints(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.data).flatMap(([name, { objectives, in: kept }]) => {
    const promise = promiseIn(objectives, ['data', name, 'objectives'], 'rpo');
    if (promise?.limit === undefined) return [];
    const usable = (one: string, component: Component): readonly CopyPlace[] => copyPlaces(plan, one, component);
    return judgeLoss(plan, {
      who: `the data ${name}`,
      text: promise.text,
      limit: promise.limit,
      path: promise.path,
      lost: kept,
      usable,
      replaced: true,
    });
  });
}

/** Actions that put a server in the place of the one that was there. */
const REPLACES_SERVER = ['postgres.restore_server', 'postgres.restore_over'];

function scenarioComplaints(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.scenarios).flatMap(([name, scenario]) => {
    const own = scenarioPromise(plan, name, 'rpo');
    const written = { ...scenario, steps: expandedSteps(plan, name).map(({ step }) => step) };
    const lost = lostComponents(plan, scenario).filter((one) => isAtStake(plan, scenario, one));
    const usable = (one: string, component: Component): readonly CopyPlace[] => usableIn(plan, written, one, component);
    const replaced =
      scenario.loses_domains.length > 0 || scenario.steps.some(({ uses }) => REPLACES_SERVER.includes(uses));
    if (own)
      return own.limit === undefined
        ? []
        : judgeLoss(plan, { who: name, text: own.text, limit: own.limit, path: own.path, lost, usable, replaced });
    return lost.flatMap((one) => {
      const promise = componentPromise(plan, one, 'rpo');
      const component = plan.components[one] as Component;
      if (promise?.limit === undefined || !keepsData(component)) return [];
      // Without any loss of its own the component is judged already.
      const alone = bestLoss(copyPlaces(plan, one, component));
      if (alone === undefined || alone.loss > promise.limit) return [];
      const path = ['scenarios', name, scenario.loses.includes(one) ? 'loses' : 'loses_domains'];
      return judgeLoss(plan, {
        who: `${one} (in ${name})`,
        text: promise.text,
        limit: promise.limit,
        path,
        lost: [one],
        usable,
        replaced,
      });
    });
  });
}

/** Taking back a change, or being slow, touches no data but that of the component itself. */
const isAtStake = (plan: Plan, { kind }: Scenario, name: string): boolean =>
  kind === 'disaster' || kind === 'security' || keepsData(plan.components[name] as Component);

/** What survives the loss; of that, what the steps restore from, when they say so; and no mirror against damaged data. */
function usableIn(plan: Plan, scenario: Scenario, name: string, component: Component): readonly CopyPlace[] {
  const alive = copyPlaces(plan, name, component).filter((place) => survives(place, scenario.loses_domains));
  const methods = methodsUsed(scenario, name);
  const named = alive.filter(({ policy }) => methods.has(policy.method));
  if (named.length > 0) return named;
  return scenario.loses_domains.length > 0 ? alive : alive.filter(({ policy }) => !MIRRORS.has(policy.method));
}

function judgeLoss(plan: Plan, asked: Asked): readonly Complaint[] {
  const data = new Map(asked.lost.flatMap((lost) => dataOf(plan, lost)));
  return [...data].flatMap(([name, component]): readonly Complaint[] => {
    const promise = `${asked.who} promises to lose at most ${asked.text}`;
    const usable = asked.usable(name, component);
    const worst = bestLoss(usable);
    const related = [{ path: ['components', name, 'backups'], message: 'the copies that are taken' }];
    if (!worst) return [nothingCopies(asked, name, component, promise)];
    const unharmed = !asked.replaced && worst.method === 'postgres.wal_stream';
    if (unharmed || worst.loss <= asked.limit) return [];
    const hint = usable.some(({ policy }) => policy.method === 'postgres.wal_stream')
      ? 'Promise what can be kept, e.g. 1m.'
      : 'Add a copy that follows all the time (postgres.wal_stream, rds.point_in_time), take copies more often, or promise less.';
    return [{ path: asked.path, message: `${promise}, and ${name} can lose ${worst.text}`, hint, related }];
  });
}

function nothingCopies({ path }: Asked, name: string, { kind, backups }: Component, promise: string): Complaint {
  const left = backups.length > 0;
  const message = left
    ? `${promise}, and no copy of ${name} bounds the loss: none survives, or none is taken at a known interval`
    : `${promise}, and nothing copies ${name} at a known interval`;
  const hint =
    kind === 'postgres'
      ? `Add backups to ${name}: a base backup with "every", and postgres.wal_stream for every moment in between.`
      : `Add backups to ${name} with "every", in a domain that is not lost with it; or write stateless: true when it keeps nothing.`;
  return { path, message, hint };
}

/** The components whose data is at stake: the one itself when it keeps data, or those that a service keeps its data in. */
function dataOf(plan: Plan, lost: string): readonly (readonly [string, Component])[] {
  const component = Object.hasOwn(plan.components, lost) ? plan.components[lost] : undefined;
  if (!component) return [];
  if (keepsData(component)) return [[lost, component]];
  if (component.stateless) return [];
  return [...allNeeded(componentNeeds(plan), lost)].flatMap((name) => {
    const needed = Object.hasOwn(plan.components, name) ? plan.components[name] : undefined;
    return needed && keepsData(needed) ? [[name, needed] as const] : [];
  });
}
