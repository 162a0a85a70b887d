import { formatDuration } from '../../../lib/duration.ts';
import type { PlanPath } from '../../../model/finding.ts';
import { type Plan, parseSpan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** News that are promised at one time and given at another lose trust. */
export const cadencesAgree: Rule = {
  id: 'cadences-agree',
  level: 'warning',
  title: 'News is promised and given at the same times',
  why: 'When the matrix says that news is given every 30 minutes and the message itself promises the next in 15, customers wait for what nobody sends.',
  bad: `
channels: { page: { kind: status-page } }
severities: { sev1: { title: Down, updates: { page: 30m }, tell: { customers: immediate } } }
templates: { down: { channel: page, severities: [sev1], text: We are down., next_update: 15m, within: 30m } }
`,
  good: `
channels: { page: { kind: status-page } }
severities: { sev1: { title: Down, updates: { page: 30m }, tell: { customers: 15m } } }
templates: { down: { channel: page, severities: [sev1], text: We are down., next_update: 30m, within: 15m } }
`,
  judge: (plan) => [...templateCadences(plan), ...firstNews(plan), ...sameChannelTwice(plan), ...support(plan)],
};

function templateCadences(plan: Plan): readonly Complaint[] {
  return eachTemplate(plan, ({ template, name, severity, at }) => {
    const promised = template.next_update;
    const updates = plan.severities[severity]?.updates ?? {};
    const given = template.channel === undefined ? undefined : updates[template.channel];
    const others = Object.entries(updates).filter(([channel]) => channel === template.channel);
    if (promised === undefined || given === undefined || others.length === 0 || !differs(promised, given)) return [];
    return [
      {
        path: [...at, 'next_update'],
        message: `the template ${name} promises the next news in ${promised}, and ${severity} gives news on ${template.channel} every ${given}`,
        hint: 'Decide on one cadence for a channel, and write it in both places.',
        related: [{ path: ['severities', severity, 'updates', String(template.channel)], message: `every ${given}` }],
      },
    ];
  });
}

/** How soon an audience is told must leave time to send the message that tells it. */
function firstNews(plan: Plan): readonly Complaint[] {
  return eachTemplate(plan, ({ template, name, severity, at }) => {
    const kind = template.channel === undefined ? undefined : plan.channels[template.channel]?.kind;
    if (kind !== 'status-page' || template.within === undefined) return [];
    const tell = plan.severities[severity]?.tell ?? {};
    const promised = tell.customers ?? tell.customer ?? tell.public;
    const [soon, late] = [lengthOf(promised), lengthOf(template.within)];
    if (promised === undefined || soon === undefined || late === undefined || late <= soon) return [];
    const audience = ['customers', 'customer', 'public'].find((one) => tell[one] !== undefined) ?? 'customers';
    return [
      {
        path: [...at, 'within'],
        message: `the template ${name} is sent within ${template.within}, and ${severity} tells ${audience} ${wordsOf(promised)}`,
        hint: 'Decide how soon they are told, and write it in both places.',
        related: [{ path: ['severities', severity, 'tell', audience], message: wordsOf(promised) }],
      },
    ];
  });
}

/** Two messages on one channel for one severity must promise the same. */
function sameChannelTwice(plan: Plan): readonly Complaint[] {
  const seen = new Map<string, { readonly name: string; readonly next: string }>();
  return eachTemplate(plan, ({ template, name, severity, at }) => {
    const next = template.next_update;
    if (next === undefined || template.channel === undefined || template.status === 'resolved') return [];
    const key = `${severity}/${template.channel}/${template.status ?? ''}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, { name, next });
    if (first === undefined || first.name === name || !differs(first.next, next)) return [];
    return [
      {
        path: [...at, 'next_update'],
        message: `the template ${name} promises the next news in ${next}, and ${first.name}, on the same channel, in ${first.next}`,
        hint: 'Decide on one cadence for a channel, and write it in both places.',
        related: [{ path: ['templates', first.name, 'next_update'], message: `in ${first.next}` }],
      },
    ];
  });
}

/** The service level that customers signed, and the matrix by which people work. */
function support({ service_levels, severities }: Plan): readonly Complaint[] {
  return service_levels.flatMap(({ support: levels }, index) =>
    Object.entries(levels).flatMap(([name, promised]): readonly Complaint[] => {
      const given = Object.hasOwn(severities, name) ? severities[name]?.respond_within : undefined;
      const [answer, work] = [lengthOf(promised), lengthOf(given)];
      if (given === undefined || answer === undefined || work === undefined || work <= answer) return [];
      return [
        {
          path: ['service_levels', index, 'support', name],
          message: `customers are promised an answer to ${name} within ${promised}, and ${name} is worked on only ${wordsOf(given)}`,
          hint: 'Decide on one time to answer, and write it in both places.',
          related: [{ path: ['severities', name, 'respond_within'], message: wordsOf(given) }],
        },
      ];
    }),
  );
}

interface Sent {
  readonly name: string;
  readonly template: Plan['templates'][string];
  readonly severity: string;
  readonly at: PlanPath;
}

const eachTemplate = (plan: Plan, judge: (sent: Sent) => readonly Complaint[]): readonly Complaint[] =>
  Object.entries(plan.templates).flatMap(([name, template]) =>
    template.severities
      .filter((severity) => Object.hasOwn(plan.severities, severity))
      .flatMap((severity) => judge({ name, template, severity, at: ['templates', name] })),
  );

const lengthOf = (text: string | undefined): number | undefined => {
  if (text === 'immediate') return 0;
  return text === undefined ? undefined : parseSpan(text)?.max;
};

const differs = (one: string, other: string): boolean => {
  const [a, b] = [lengthOf(one), lengthOf(other)];
  return a !== undefined && b !== undefined && a !== b;
};

const wordsOf = (text: string): string => {
  const length = lengthOf(text);
  return length === undefined || length === 0 ? text : `within ${formatDuration(length)}`;
};
