import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import { type Plan, parseSpan } from '../../../model/plan.ts';
import { scenarioPromise } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Whoever is called when the time is over can only apologise. */
export const calledBeforeTheRtoIsOver: Rule = {
  id: 'called-before-the-rto-is-over',
  level: 'warning',
  title: 'People respond, and more are called, while the RTO can still be kept',
  why: 'When the first reaction or the first escalation comes as late as the RTO ends, nobody can keep it any more. And when the next level is called at the moment in which the first may still answer in time, it is called for nothing.',
  bad: `
severities: { sev1: { title: Down, respond_within: 2h } }
scenarios: { loss: { severity: sev1 } }
escalation: { page: { until: acknowledged, severities: [sev1], levels: [{ after: 1h, to: [keeper] }] } }
`,
  good: `
severities: { sev1: { title: Down, respond_within: 5m } }
scenarios: { loss: { severity: sev1 } }
escalation: { page: { until: acknowledged, severities: [sev1], levels: [{ after: 0s, to: [keeper] }, { after: 15m, to: [keeper] }] } }
`,
  judge: (plan) => [...lateResponses(plan), ...lateEscalations(plan), ...crossedLadders(plan)],
};

const HINT = 'Respond and escalate so early that the recovery still fits into the RTO.';

function lateResponses(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.scenarios).flatMap(([name, { severity }]): readonly Complaint[] => {
    const rto = scenarioPromise(plan, name, 'rto');
    const within = severityOf(plan, severity)?.respond_within;
    const response = within === undefined ? undefined : parseSpan(within)?.max;
    if (rto?.limit === undefined || response === undefined || response < rto.limit) return [];
    return [
      {
        path: ['severities', String(severity), 'respond_within'],
        level: response > rto.limit ? 'error' : 'warning',
        message: `somebody works on ${severity} within ${within}, and ${name} must be over after ${rto.text}`,
        hint: HINT,
        related: [{ path: rto.path, message: `an RTO of ${rto.text}` }],
      },
    ];
  });
}

/** The first level that is called later than at once is the first help there is. */
function lateEscalations(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.escalation).flatMap(([ladder, { severities, levels }]) => {
    const index = levels.findIndex(({ after }) => (parseDuration(after) ?? 0) > 0);
    const level = levels[index];
    const after = level === undefined ? undefined : parseDuration(level.after);
    if (level === undefined || after === undefined) return [];
    return Object.entries(plan.scenarios).flatMap(([name, { severity, kind }]): readonly Complaint[] => {
      const rto = scenarioPromise(plan, name, 'rto');
      const covered = severities.length === 0 || severity === undefined || severities.includes(severity);
      if (kind !== 'disaster' || !covered || rto?.limit === undefined || rto.limit === 0 || after < rto.limit)
        return [];
      return [
        {
          path: ['escalation', ladder, 'levels', index, 'after'],
          message: `the first escalation comes after ${level.after}, and ${name} must be over after ${rto.text}`,
          hint: HINT,
          related: [{ path: rto.path, message: `an RTO of ${rto.text}` }],
        },
      ];
    });
  });
}

/** A level that is called at the moment an answer is due is too late to bring it; a ladder that is over long before suits other severities. */
function crossedLadders(plan: Plan): readonly Complaint[] {
  return Object.entries(plan.escalation).flatMap(([ladder, { severities, levels, until }]) => {
    if (levels.length < 2) return [];
    const times = levels.map(({ after }) => parseDuration(after) ?? 0);
    const names = severities.length > 0 ? severities : Object.keys(plan.severities);
    return names.flatMap((name): readonly Complaint[] => {
      const within = severityOf(plan, name)?.respond_within;
      const response = within === undefined ? undefined : parseSpan(within)?.max;
      if (!response) return [];
      // Only a ladder that ends with an answer waits for one.
      const same = until === 'acknowledged' ? times.findIndex((after, index) => index > 0 && after === response) : -1;
      const over = names.length > 1 && Math.max(...times) < response;
      if (same < 0 && !over) return [];
      const at = same < 0 ? levels.length - 1 : same;
      const called = `level ${at + 1} of ${ladder} is called after ${levels[at]?.after}`;
      const answer = `${name} may be answered within ${formatDuration(response)}`;
      return [
        {
          path: ['escalation', ladder, 'levels', at, 'after'],
          message:
            same < 0
              ? `${called}, and ${answer}: the ladder is over before`
              : `${called}, and ${answer}: at the same moment`,
          hint: 'Give each severity a ladder of its own, whose next level is called while the answer can still come in time.',
          related: [{ path: ['severities', name, 'respond_within'], message: `an answer within ${within}` }],
        },
      ];
    });
  });
}

const severityOf = (plan: Plan, name: string | undefined): Plan['severities'][string] | undefined =>
  name !== undefined && Object.hasOwn(plan.severities, name) ? plan.severities[name] : undefined;
