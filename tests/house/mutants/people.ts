import type { Edit, Operator } from './mutant.ts';
import { scenariosOf } from './places.ts';

/** People who cannot be called, are called too late, or are told something else than what is true. */
export const PEOPLE: readonly Operator[] = [
  {
    name: 'nobody has a role any more that is called',
    rule: 'roles-are-reachable',
    // Nobody is left to approve what the role approves.
    companions: ['somebody-can-stand-in', 'plan.contradiction'],
    places: (plan) =>
      calledRoles(plan).map((role) => ({ at: ['roles', role], edits: [[['roles', role, 'people'], []]] })),
  },
  {
    name: 'the contacts of all people of a role are blanked',
    rule: 'roles-are-reachable',
    // The same people have other roles.
    companions: ['roles-are-reachable', 'somebody-can-stand-in'],
    places: (plan) =>
      calledRoles(plan).map((role) => ({
        at: ['roles', role],
        edits: (plan.roles[role]?.people ?? []).flatMap((name): readonly Edit[] => [
          [['people', name, 'phone'], undefined],
          [['people', name, 'email'], undefined],
        ]),
      })),
  },
  {
    name: 'a telephone number is a placeholder again',
    rule: 'unfilled-placeholder',
    places: (plan) =>
      Object.entries(plan.people)
        .filter(([, { phone }]) => phone !== undefined)
        .map(([name]) => {
          const at = ['people', name, 'phone'];
          return { at, edits: [[at, '+1-XXX-XXX-XXXX']] };
        }),
  },
  {
    name: 'a channel loses its fallback',
    rule: 'channels-have-a-fallback',
    companions: ['channels-outside-the-loss'],
    places: (plan) =>
      Object.entries(plan.channels)
        .filter(([, { kind, fallback }]) => ['chat', 'pager', 'topic'].includes(kind) && fallback !== undefined)
        .map(([name]) => ({ at: ['channels', name], edits: [[['channels', name, 'fallback'], undefined]] })),
  },
  {
    name: 'all channels live in the region that is lost',
    rule: 'channels-outside-the-loss',
    companions: ['channels-outside-the-loss'],
    places: (plan) =>
      scenariosOf(plan)
        .filter(
          ([, { loses_domains, severity, kind }]) =>
            kind === 'disaster' && loses_domains.length > 0 && severity !== undefined,
        )
        .map(([name, { loses_domains }]) => ({
          at: ['scenarios', name, 'loses_domains'],
          edits: Object.keys(plan.channels).map(
            (channel): Edit => [['channels', channel, 'domain'], String(loses_domains[0])],
          ),
        })),
  },
  {
    name: 'the first escalation comes after the RTO',
    rule: 'called-before-the-rto-is-over',
    companions: ['called-at-one-time'],
    places: (plan) =>
      Object.entries(plan.escalation).flatMap(([name, { levels, severities }]) => {
        const index = levels.findIndex(({ after }) => !/^0/.test(after));
        const strict = scenariosOf(plan).some(
          ([, one]) => one.kind === 'disaster' && one.severity !== undefined && severities.includes(one.severity),
        );
        if (index < 0 || !strict) return [];
        const later = levels.flatMap((_, at): readonly Edit[] =>
          at < index ? [] : [[['escalation', name, 'levels', at, 'after'], `${60 + at}d`]],
        );
        return [{ at: ['escalation', name, 'levels', index, 'after'], edits: later }];
      }),
  },
  {
    name: 'a variable of a message is renamed in its text alone',
    rule: 'template-variables-agree',
    places: (plan) =>
      Object.entries(plan.templates)
        .filter(([, { text, variables }]) => variables.some((one) => text.includes(`{{${one}}}`)))
        .map(([name, { text }]) => ({
          at: ['templates', name, 'text'],
          edits: [[['templates', name, 'text'], text.replace(/\{\{\s*[\w.-]+\s*\}\}/, '{{renamed}} {{renamed}}')]],
        })),
    companions: ['template-variables-agree'],
  },
  {
    name: 'a message says that all is well while its status says the contrary',
    rule: 'status-agrees-with-the-text',
    places: (plan) =>
      Object.entries(plan.templates)
        .filter(
          ([, { status, text }]) =>
            status === 'investigating' && !/\b(until|once|when|as soon as|not yet)\b/i.test(text),
        )
        .map(([name, { text }]) => ({
          at: ['templates', name, 'status'],
          edits: [[['templates', name, 'text'], `${text} The service is restored.`]],
        })),
  },
  {
    name: 'a message promises news at another time than the matrix',
    rule: 'cadences-agree',
    companions: ['cadences-agree'],
    places: (plan) =>
      Object.entries(plan.templates)
        .filter(([, { next_update, channel, severities }]) =>
          severities.some(
            (one) => next_update !== undefined && plan.severities[one]?.updates[channel ?? ''] !== undefined,
          ),
        )
        .map(([name]) => {
          const at = ['templates', name, 'next_update'];
          return { at, edits: [[at, '17m']] };
        }),
  },
  {
    name: 'a scenario is declared with another severity than the matrix says',
    rule: 'severity-agrees-with-the-scenario',
    companions: [
      'called-before-the-rto-is-over',
      'severity-agrees-with-the-class',
      'channels-outside-the-loss',
      'severity-agrees-with-the-scenario',
    ],
    places: (plan) =>
      Object.entries(plan.severities).flatMap(([name, { examples }]) =>
        examples.flatMap((example, index) => {
          const other = Object.keys(plan.severities).find((one) => one !== name);
          if (typeof example === 'string' || example.scenario === undefined || other === undefined) return [];
          if (plan.scenarios[example.scenario]?.severity !== name) return [];
          return [
            {
              at: ['severities', name, 'examples', index],
              edits: [[['scenarios', example.scenario, 'severity'], other] as const],
            },
          ];
        }),
      ),
  },
  {
    name: 'an example of a severity has no scenario',
    rule: 'severity-example-has-a-scenario',
    places: (plan) =>
      Object.entries(plan.severities)
        .filter(([, { respond_within }]) => respond_within === undefined || /^(immediate|\d+m)$/.test(respond_within))
        .map(([name, { examples }]) => {
          const at = ['severities', name, 'examples', examples.length];
          return { at, edits: [[at, 'The data centre is under water']] };
        }),
  },
  {
    name: 'the status page has no message any more',
    rule: 'status-page-is-used',
    companions: ['channels-outside-the-loss'],
    places: (plan) =>
      Object.entries(plan.channels)
        .filter(([, { kind }]) => kind === 'status-page')
        .map(([channel]) => ({
          at: ['channels', channel],
          edits: Object.entries(plan.templates)
            .filter(([, one]) => one.channel === channel)
            .map(([name]): Edit => [['templates', name], undefined]),
        })),
  },
];

type Plan = Parameters<Operator['places']>[0];

/** Roles that somebody calls, and that no outside firm fills. */
const calledRoles = (plan: Plan): readonly string[] => [
  ...new Set(
    Object.values(plan.severities)
      .flatMap(({ team }) => team)
      .filter((role) => plan.roles[role]?.vendor === undefined),
  ),
];
