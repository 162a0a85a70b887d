import { type Duration, formatDuration, parseDuration } from '../../lib/duration.ts';
import type { Step } from '../../model/plan.ts';
import { stepNeeds } from '../../model/step-needs.ts';
import type { Complaint, Rule } from '../rule.ts';
import { type Runbook, runbooks } from '../runbook.ts';

/** Noticing, deciding and doing together must fit into the promise. */
export const rtoIsReachable: Rule = {
  id: 'rto-is-reachable',
  level: 'error',
  title: 'Noticing, approving and carrying out fit into the RTO',
  why: 'The clock starts when the damage is done and stops when the service is healthy. The longest chain of steps counts, with the time to notice and the time that people may take to approve: a runbook of 31 minutes does not keep a promise of 30.',
  bad: `
scenarios:
  loss:
    objectives: { rto: 30m, rpo: 5m }
    detect_within: 5m
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  good: `
scenarios:
  loss:
    objectives: { rto: 40m, rpo: 5m }
    detect_within: 5m
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }
`,
  judge: (plan, facts) => runbooks(plan, facts).flatMap(judgeRunbook),
};

function judgeRunbook(book: Runbook): readonly Complaint[] {
  const { scenario } = book;
  const rto = parseDuration(scenario.objectives.rto) ?? 0;
  const chain = longestChain(book);
  const total = chain.reduce((sum, part) => sum + part.takes, 0);
  const sum = chain.filter(({ takes }) => takes > 0).map(({ what, takes }) => `${what} ${formatDuration(takes)}`);
  const unknown = stretchesUntilHealthy(book).flatMap((part) => (part.unknown ? [part.unknown] : []));
  const promise = `${book.name} promises ${scenario.objectives.rto} until "${scenario.healthy}"`;
  const missing = unknown.length > 0 ? `; not counted, because the plan does not say: ${unknown.join(', ')}` : '';
  const path = [...book.path, 'objectives', 'rto'];
  if (total > rto)
    return [
      {
        path,
        message: `${promise}, and it takes ${formatDuration(total)}: ${sum.join(' + ')}${missing}`,
        hint: 'Make the runbook quicker, let steps run side by side, or promise what can be kept.',
      },
    ];
  if (unknown.length === 0) return [];
  const hint = 'Write what it takes: expect for a step, within for an approval, detect_within for noticing.';
  return [
    {
      path,
      level: 'warning',
      message: `${promise}, which cannot be proven: the plan does not say ${unknown.join(', ')}`,
      hint,
    },
  ];
}

/** A stretch of the way: what it is, how long it takes, and what of it the plan does not say. */
interface Stretch {
  readonly what: string;
  readonly takes: Duration;
  readonly unknown?: string;
}

/** All that must have happened by then, on the longest way or beside it: what is not known of any of it may be the longest. */
function stretchesUntilHealthy({ scenario, isAfter }: Runbook): readonly Stretch[] {
  const { healthy, detect_within, steps } = scenario;
  const counted = steps.filter(({ id }) => id === healthy || isAfter(healthy, id));
  return [noticing(detect_within), ...counted.flatMap(stretchesOf)];
}

function longestChain({ scenario }: Runbook): readonly Stretch[] {
  const needs = stepNeeds(scenario);
  const steps = new Map(scenario.steps.map((step) => [step.id, step]));
  const ways = new Map<string, readonly Stretch[]>();
  const wayTo = (id: string, trail: ReadonlySet<string>): readonly Stretch[] => {
    const step = steps.get(id);
    if (!step || trail.has(id)) return [];
    const known = ways.get(id);
    if (known) return known;
    const before = (needs.get(id) ?? []).map((needed) => wayTo(needed, new Set([...trail, id])));
    const way = [...before.reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a), []), ...stretchesOf(step)];
    ways.set(id, way);
    return way;
  };
  return [noticing(scenario.detect_within), ...wayTo(scenario.healthy, new Set())];
}

const lengthOf = (way: readonly Stretch[]): number => way.reduce((sum, { takes }) => sum + takes, 0);

const noticing = (within: string | undefined): Stretch =>
  within === undefined
    ? { what: 'noticing', takes: 0, unknown: 'how long noticing takes (detect_within)' }
    : { what: 'noticing', takes: parseDuration(within) ?? 0 };

function stretchesOf({ id, approve, expect }: Step): readonly Stretch[] {
  const asked = approve
    ? [
        approve.within === undefined
          ? { what: `approving ${id}`, takes: 0, unknown: `how long approving ${id} may take (approve.within)` }
          : { what: `approving ${id}`, takes: parseDuration(approve.within) ?? 0 },
      ]
    : [];
  const done =
    expect === undefined
      ? { what: id, takes: 0, unknown: `how long ${id} takes (expect)` }
      : { what: id, takes: parseDuration(expect) ?? 0 };
  return [...asked, done];
}
