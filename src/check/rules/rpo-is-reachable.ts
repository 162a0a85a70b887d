import { type Duration, formatDuration, parseDuration, seconds } from '../../lib/duration.ts';
import { allNeeded } from '../../lib/graph.ts';
import type { PlanPath } from '../../model/finding.ts';
import type { Component, Plan } from '../../model/plan.ts';
import type { Complaint, Rule } from '../rule.ts';

/** What a stream that is stored every second has not stored yet when the server dies, with room for a slow network. */
const STREAM_LOSS: Duration = seconds(5);

/** What a plan promises never to lose, its copies must be able to give back. */
export const rpoIsReachable: Rule = {
  id: 'rpo-is-reachable',
  level: 'error',
  title: 'The copies are taken often enough for the RPO',
  why: 'Just before the next copy is finished, the newest one is as old as the interval and the time that taking it needs. A stream of the write-ahead log adds every moment since the last base backup, but a server that dies takes its last seconds with it.',
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
  judge: (plan) => [...componentComplaints(plan), ...scenarioComplaints(plan)],
};

function componentComplaints(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.components).flatMap(([name, { objectives }]) => {
    if (!objectives) return [];
    const path = ['components', name, 'objectives', 'rpo'];
    return judgeLoss(plan, { who: name, path, rpo: objectives.rpo, loses: [name], replaced: true });
  });
}

function scenarioComplaints(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.scenarios).flatMap(([name, { objectives, loses, steps }]) => {
    const path = ['scenarios', name, 'objectives', 'rpo'];
    const replaced = steps.some(({ uses }) => uses === 'postgres.restore_server');
    return judgeLoss(plan, { who: name, path, rpo: objectives.rpo, loses, replaced });
  });
}

interface Promised {
  readonly who: string;
  readonly path: PlanPath;
  readonly rpo: string;
  readonly loses: readonly string[];
  /** Whether the server itself is given up, and with it what it alone knew. */
  readonly replaced: boolean;
}

function judgeLoss(plan: Plan, promised: Promised): readonly Complaint[] {
  const rpo = parseDuration(promised.rpo) ?? 0;
  const data = new Map(promised.loses.flatMap((lost) => dataOf(plan, lost)));
  return [...data].flatMap(([name, component]): readonly Complaint[] => {
    const worst = worstLoss(component, promised.replaced);
    const promise = `${promised.who} promises to lose at most ${promised.rpo}`;
    if (!worst)
      return [
        {
          path: promised.path,
          message: `${promise}, and nothing copies ${name} at a known interval`,
          hint: `Add backups to ${name}: a base backup with "every", and postgres.wal_stream for every moment in between.`,
        },
      ];
    if (worst.loss <= rpo) return [];
    return [
      {
        path: promised.path,
        message: `${promise}, and ${name} can lose ${worst.text}`,
        hint: streams(component)
          ? 'Promise what can be kept, e.g. 1m.'
          : 'Add postgres.wal_stream, take copies more often, or promise less.',
        related: [{ path: ['components', name, 'backups'], message: 'the copies that are taken' }],
      },
    ];
  });
}

const streams = ({ backups }: Component): boolean => backups.some(({ method }) => method === 'postgres.wal_stream');

/** The components whose data is at stake: the one itself when it keeps data, or those that a service keeps its data in. */
function dataOf({ components }: Plan, lost: string): readonly (readonly [string, Component])[] {
  const known = new Map(Object.entries(components));
  const component = known.get(lost);
  if (!component) return [];
  if (component.kind !== 'service' || component.backups.length > 0) return [[lost, component]];
  const needs = new Map(Object.entries(components).map(([name, one]) => [name, one.needs]));
  return [...allNeeded(needs, lost)].flatMap((name) => {
    const needed = known.get(name);
    return needed && needed.kind !== 'service' ? [[name, needed] as const] : [];
  });
}

interface Worst {
  readonly loss: Duration;
  readonly text: string;
}

/** Taking a copy is never done in no time, so an interval as long as the RPO is too long. */
const UNKNOWN: Duration = 1;

/** The loss of the best copy, just before the next one is finished. */
function worstLoss(component: Component, replaced: boolean): Worst | undefined {
  if (streams(component)) {
    const text = `${formatDuration(STREAM_LOSS)}: what the stream of the log has not stored yet when the server dies`;
    return { loss: replaced ? STREAM_LOSS : 0, text };
  }
  const known = component.backups.flatMap(({ method, every, takes }): readonly Worst[] => {
    const interval = every === undefined ? undefined : parseDuration(every);
    if (interval === undefined) return [];
    const taking = takes === undefined ? UNKNOWN : (parseDuration(takes) ?? UNKNOWN);
    const needs = takes === undefined ? 'nobody says how long that takes' : `that takes ${takes}`;
    const text = `${every} + ${takes ?? 'the time it takes'}: ${method} is taken every ${every}, and ${needs}`;
    return [{ loss: interval + taking, text }];
  });
  return known.sort((a, b) => a.loss - b.loss)[0];
}
