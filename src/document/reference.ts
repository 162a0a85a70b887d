import { keepsData } from '../check/losses.ts';
import { pathText } from '../model/finding.ts';
import { effectiveObjective } from '../model/plan/effective.ts';
import { BACKUP_METHODS, type BackupPolicy, type Component, objectiveText, type Plan } from '../model/plan.ts';
import {
  code,
  type Fact,
  fact,
  facts,
  item,
  joined,
  type Line,
  link,
  list,
  type Section,
  section,
  soft,
  strong,
  table,
  tag,
} from './document.ts';
import { contactLine } from './people.ts';
import { anchors, type Subject } from './subject.ts';
import { often, originWords, within } from './words.ts';

/** What the plan knows of the parts of the house: to look things up, after the scenarios. */
export const reference = (subject: Subject): readonly Section[] => [
  ...components(subject),
  ...domains(subject),
  ...channels(subject),
  ...vendors(subject),
  ...templates(subject),
  ...serviceLevels(subject),
];

const components = (subject: Subject): readonly Section[] =>
  section({
    id: 'components',
    title: 'What can be lost',
    page: true,
    blocks: [],
    sections: Object.entries(subject.plan.components).map(([name, component]) => ({
      id: anchors.component(name),
      title: component.title ?? name,
      blocks: [
        ...facts(componentFacts(subject.plan, name, component)),
        ...list(component.backups.map((one) => item(backupLine(one)))),
      ],
    })),
  });

function componentFacts(plan: Plan, name: string, component: Component): readonly Fact[] {
  const { kind, technology, ids, needs, note, backups } = component;
  const needed = Object.entries(plan.components).flatMap(([other, one]) => (one.needs.includes(name) ? [other] : []));
  const links = (names: readonly string[]): Line => joined(names.map((one) => [link(one, anchors.component(one))]));
  return [
    fact('Name', code(name), soft(` ${kind}`)),
    ...(technology === undefined ? [] : [fact('Made of', technology)]),
    ...(Object.keys(ids).length === 0
      ? []
      : [fact('Called', ...joined(Object.entries(ids).map(([key, id]) => [`${key} `, code(id)])))]),
    ...livesIn(plan, component),
    ...(needs.length === 0 ? [] : [fact('Needs', ...links(needs))]),
    ...(needed.length === 0 ? [] : [fact('Needed by', ...links(needed))]),
    ...objective(plan, name, 'rto'),
    ...objective(plan, name, 'rpo'),
    ...(backups.length > 0
      ? []
      : [fact('Copies', keepsData(component) ? tag('none', 'bad') : 'none; it keeps nothing that is lost')]),
    ...(note === undefined ? [] : [fact('Note', note)]),
  ];
}

function livesIn({ domains }: Plan, { domain, also_in }: Component): readonly Fact[] {
  const all = [...(domain === undefined ? [] : [domain]), ...also_in];
  return all.length === 0
    ? []
    : [
        fact(
          'Lives in',
          ...joined(
            all.map((one) => [link(domains[one]?.title ?? one, anchors.domain(one))]),
            '; ',
          ),
        ),
      ];
}

function objective(plan: Plan, component: string, kind: 'rto' | 'rpo'): readonly Fact[] {
  const holds = effectiveObjective(plan, { component }, kind);
  if (!holds) return [];
  return [
    fact(
      kind.toUpperCase(),
      strong(objectiveText(holds.value)),
      soft(
        ` set by ${holds.from[1] === component && holds.from[0] === 'components' ? 'itself' : originWords(pathText(holds.from), '')}`,
      ),
    ),
  ];
}

function backupLine({ method, every, takes, keep, copies, verify, note }: BackupPolicy): Line {
  const parts: readonly Line[] = [
    ...(every === undefined ? [] : [[often(every)]]),
    ...(takes === undefined ? [] : [[`takes ${takes}`]]),
    ...(keep === undefined ? [] : [[keep === 'forever' ? 'kept forever' : `kept ${keep}`]]),
    ...copies.map((copy) => copyLine(copy)),
    ...verify.map(
      ({ how, every: when, into }): Line => [
        `proven by ${how}${when === undefined ? '' : ` ${often(when)}`}${into === undefined ? '' : ` into ${into}`}`,
      ],
    ),
    ...(verify.length === 0 ? [[tag('never proven', 'open')]] : []),
    ...(note === undefined ? [] : [[note]]),
  ];
  return [strong(BACKUP_METHODS[method].title), soft(` ${method}`), ': ', ...joined(parts, '; ')];
}

function copyLine({ domain, lag, storage, immutable, encrypted }: BackupPolicy['copies'][number]): Line {
  const more = [
    ...(lag === undefined ? [] : [`${lag} behind`]),
    ...(storage === 'standard' ? [] : [storage]),
    ...(immutable === undefined ? [] : [`unchangeable for ${immutable}`]),
    ...(encrypted === undefined ? [] : [encrypted === 'no' ? 'not encrypted' : `encrypted (${encrypted})`]),
  ];
  return ['copied to ', link(domain, anchors.domain(domain)), ...(more.length === 0 ? [] : [` (${more.join(', ')})`])];
}

const domains = ({ plan }: Subject): readonly Section[] =>
  section({
    id: 'domains',
    title: 'What is lost together',
    blocks: table(
      ['Domain', 'What it is', 'What lives in it'],
      Object.entries(plan.domains).map(([name, { title }]) => ({
        id: anchors.domain(name),
        cells: [
          [strong(name)],
          [title],
          joined(livesThere(plan, name).map((one) => [link(one, anchors.component(one))])),
        ],
      })),
    ),
  });

const livesThere = ({ components: all }: Plan, domain: string): readonly string[] =>
  Object.entries(all).flatMap(([name, one]) => (one.domain === domain || one.also_in.includes(domain) ? [name] : []));

const channels = ({ plan }: Subject): readonly Section[] =>
  section({
    id: 'channels',
    title: 'Channels',
    blocks: table(
      ['Channel', 'Where', 'Lost with', 'Instead of it'],
      Object.entries(plan.channels).map(([name, { kind, address, domain, fallback }]) => ({
        id: anchors.channel(name),
        cells: [
          [strong(name), soft(` ${kind}`)],
          address === undefined
            ? []
            : typeof address === 'string'
              ? contactLine(address)
              : [soft(`secret ${address.secret}`)],
          domain === undefined ? [] : [link(domain, anchors.domain(domain))],
          fallback === undefined ? [tag('nothing', 'open')] : [link(fallback, anchors.channel(fallback))],
        ],
      })),
    ),
  });

const vendors = ({ plan }: Subject): readonly Section[] =>
  section({
    id: 'vendors',
    title: 'Outside firms',
    blocks: table(
      ['Firm', 'How to reach them', 'What they have promised'],
      Object.entries(plan.vendors).map(([name, { title, contact, contract }]) => ({
        id: anchors.vendor(name),
        cells: [
          [strong(title), soft(` ${name}`)],
          contact === undefined ? [] : contactLine(contact),
          contract === undefined ? [] : [contract],
        ],
      })),
    ),
  });

const templates = ({ plan }: Subject): readonly Section[] =>
  section({
    id: 'templates',
    title: 'Messages',
    blocks: [],
    sections: Object.entries(plan.templates).map(
      ([name, { text, channel, severities, subject, status, within: soon, next_update, variables }]) => ({
        id: anchors.template(name),
        title: subject === undefined ? name : `${subject} (${name})`,
        blocks: [
          ...facts([
            ...(channel === undefined ? [] : [fact('Goes to', link(channel, anchors.channel(channel)))]),
            ...(severities.length === 0
              ? []
              : [fact('For', ...joined(severities.map((one) => [link(one, anchors.severity(one))])))]),
            ...(status === undefined ? [] : [fact('Status', status)]),
            ...(soon === undefined ? [] : [fact('Sent', within(soon))]),
            ...(next_update === undefined ? [] : [fact('Promises news', `within ${next_update}`)]),
            ...(variables.length === 0 ? [] : [fact('To fill in', variables.join(', '))]),
          ]),
          { kind: 'message' as const, text },
        ],
      }),
    ),
  });

const serviceLevels = ({ plan }: Subject): readonly Section[] =>
  section({
    id: 'service-levels',
    title: 'What customers were promised',
    blocks: list(
      plan.service_levels.map(({ availability, window, latency, errors, components: named, support }) =>
        item([
          strong(`${availability} in ${window}`),
          ...(named.length === 0
            ? [' for all of it']
            : [' for ', ...joined(named.map((one) => [link(one, anchors.component(one))]))]),
          ...(errors === undefined ? [] : [`; at most ${errors} of requests fail`]),
          ...Object.entries(latency).map(([share, time]) => `; ${share} answered within ${time}`),
          ...(Object.keys(support).length === 0
            ? []
            : [
                '; support answers ',
                Object.entries(support)
                  .map(([severity, time]) => `${severity} within ${time}`)
                  .join(', '),
              ]),
        ]),
      ),
    ),
  });
