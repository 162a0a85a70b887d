import type { Plan, Scenario } from '../model/plan.ts';
import {
  type Block,
  blank,
  type Item,
  item,
  joined,
  type Line,
  link,
  list,
  paragraph,
  type Section,
  section,
  soft,
  strong,
  table,
} from './document.ts';
import { peopleOfRole, rolesLine } from './people.ts';
import { anchors, type Subject, scenarioTitle } from './subject.ts';
import { within } from './words.ts';

/** The first page: what to do now, which scenario it is, and how bad. */
export function whatToDo(subject: Subject): Section {
  const { plan } = subject;
  return {
    id: anchors.now,
    title: 'What to do now',
    blocks: list(firstMoves(plan), 'ordered'),
    sections: [
      ...section({ id: anchors.signs, title: 'What do you see?', blocks: signs(plan) }),
      ...section({ id: anchors.severities, title: 'How bad is it?', blocks: severities(plan) }),
    ],
  };
}

function firstMoves(plan: Plan): readonly Item[] {
  const first = firstToCall(plan);
  const people = (roles: readonly string[]) =>
    joined(
      roles.map((role) => peopleOfRole(plan, role)),
      '; ',
    );
  const next = first.next ? [item([`nobody answers within ${first.next.after}: `, ...people(first.next.to)])] : [];
  return [
    item(['Write down the time, in UTC: ', blank('hour and minute'), '.']),
    item(['Call ', ...people(first.roles), '. ', link('All numbers', anchors.contacts), '.'], next),
    item([
      'Find what you see ',
      link('in the list below', anchors.signs),
      ', and go to that scenario. It says whether it is the right one, what to do, and how to take it back.',
    ]),
    item([
      'Nothing fits? Change nothing. Keep what you see, and let ',
      ...decider(plan),
      ' decide. ',
      link('What can be lost', 'components'),
      ' says what needs what.',
    ]),
  ];
}

interface First {
  readonly roles: readonly string[];
  readonly next?: { readonly after: string; readonly to: readonly string[] };
}

/** Where the plan has no ladder, the one who keeps the plan knows best. */
function firstToCall({ escalation, plan }: Plan): First {
  const ladder =
    Object.values(escalation).find(({ until }) => until === 'acknowledged') ?? Object.values(escalation)[0];
  const [first, next] = ladder?.levels ?? [];
  return { roles: first?.to ?? [plan.owner], ...(next ? { next } : {}) };
}

const decider = (plan: Plan): Line => {
  const ladder = Object.values(plan.escalation).find(({ until }) => until !== 'acknowledged');
  return peopleOfRole(plan, ladder?.levels[0]?.to[0] ?? plan.plan.owner);
};

const KINDS: Readonly<Record<Scenario['kind'], string>> = {
  security: 'Somebody is inside, or sees what is not theirs',
  disaster: 'Something is gone, damaged, or does not answer at all',
  rollback: 'It began with a change',
  degradation: 'It works, but badly, or in part',
};

/** From what is seen to what is done: kinds of trouble, the worst scenario first, and the signs of each. */
function signs(plan: Plan): readonly Block[] {
  const groups = Object.entries(KINDS).flatMap(([kind, words]) => {
    const scenarios = Object.entries(plan.scenarios).filter(([, one]) => one.kind === kind);
    const worstFirst = scenarios.sort(([a], [b]) => rank(plan, a) - rank(plan, b));
    return worstFirst.length === 0
      ? []
      : [
          item(
            [strong(words)],
            worstFirst.map(([name]) => scenarioItem(plan, name)),
          ),
        ];
  });
  return list(groups, 'tree');
}

function scenarioItem(plan: Plan, name: string): Item {
  const { detection } = plan.scenarios[name] as Scenario;
  const severity = severityOf(plan, name);
  return item(
    [
      strong(link(scenarioTitle(plan, name), anchors.scenario(name))),
      ...(severity === undefined ? [] : [soft(` ${severity}`)]),
    ],
    detection.map((sign) => item([sign])),
  );
}

/** What a scenario says of itself, else the severity that names it among its examples. */
export function severityOf({ scenarios, severities }: Plan, name: string): string | undefined {
  const said = scenarios[name]?.severity;
  if (said !== undefined) return said;
  return Object.entries(severities).find(([, { examples }]) =>
    examples.some((one) => typeof one !== 'string' && one.scenario === name),
  )?.[0];
}

function rank(plan: Plan, name: string): number {
  const at = Object.keys(plan.severities).indexOf(severityOf(plan, name) ?? '');
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function severities(plan: Plan): readonly Block[] {
  const rows = Object.entries(plan.severities).map(([name, one]) => ({
    id: anchors.severity(name),
    cells: [
      [strong(name), ` ${one.title}`],
      one.respond_within === undefined ? [] : [within(one.respond_within)],
      rolesLine(plan, one.team),
      told(one, plan),
    ],
  }));
  const words = 'Decide it early and loudly; it can be lowered later.';
  return rows.length === 0
    ? []
    : [
        paragraph(words),
        ...table(['Severity', 'Worked on', 'Who is called', 'Who is told, how soon and how often'], rows),
      ];
}

/** Channels get news again and again, people are told once. */
const told = ({ updates, tell }: Plan['severities'][string], { channels }: Plan): Line =>
  joined([
    ...Object.entries(updates).map(([name, when]) => [
      channels[name] ? link(name, anchors.channel(name)) : name,
      ` ${/^\d/.test(when) ? `every ${when}` : within(when)}`,
    ]),
    ...Object.entries(tell).map(([who, when]) => [`${who} ${within(when)}`]),
  ]);

/** Which plan this is, in one line: enough to see that it is the right one. */
export const aboutLine = ({ plan: { plan }, environment }: Subject): string =>
  [
    `Version ${plan.version}`,
    ...(plan.updated === undefined ? [] : [`of ${plan.updated}`]),
    `for ${environment}`,
    ...(plan.classification === undefined ? [] : [plan.classification]),
    ...(plan.review?.last === undefined ? [] : [`reviewed ${plan.review.last}`]),
  ].join(' · ');
