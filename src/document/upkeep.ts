import type { Plan } from '../model/plan.ts';
import {
  type Block,
  code,
  fact,
  facts,
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
  tag,
} from './document.ts';
import { roleLink, rolesLine, roleWithPeople } from './people.ts';
import { anchors, type Subject, scenarioTitle } from './subject.ts';
import { count, findingItem, isNote, often, seconds } from './words.ts';

/** What keeps the plan true: drills, tasks, what auditors ask for, what is accepted, what is wrong, and how this page came to be. */
export const upkeep = (subject: Subject): readonly Section[] => [
  ...section({ id: 'afterwards', title: 'When it is over', blocks: postMortem(subject.plan) }),
  ...section({ id: 'drills', title: 'Drills', blocks: drills(subject), page: true }),
  ...section({ id: 'tasks', title: 'Tasks, with a signature', blocks: tasks(subject.plan) }),
  ...section({ id: 'controls', title: 'What auditors ask for', blocks: controls(subject.plan) }),
  ...section({ id: 'files', title: 'Files the plan relies on', blocks: files(subject.plan) }),
  ...section({ id: 'waivers', title: 'Accepted for a time', blocks: waivers(subject.plan) }),
  { id: anchors.findings, title: 'What is wrong with this plan', blocks: findings(subject) },
  ...section({ id: 'changes', title: 'What has changed', blocks: changes(subject.plan) }),
  { id: 'made', title: 'How this document was made', blocks: made(subject) },
];

function postMortem(plan: Plan): readonly Block[] {
  const about = plan.post_mortem;
  if (!about) return [];
  return [
    ...facts([
      ...(about.within === undefined ? [] : [fact('Talk about it within', about.within)]),
      ...(about.attendees.length === 0 ? [] : [fact('With', ...rolesLine(plan, about.attendees))]),
      ...(about.agenda.length === 0
        ? []
        : [fact('About', about.agenda.map(({ topic, takes }) => `${topic} (${takes})`).join(', '))]),
      ...(about.rules.length === 0 ? [] : [fact('Rules', about.rules.join('; '))]),
    ]),
    ...list(about.fields.map((one) => item(['☐ ', one]))),
  ];
}

const drills = (subject: Subject): readonly Block[] =>
  table(
    ['Drill', 'How often', 'Last', 'Next', 'What it rehearses', 'Measured'],
    Object.entries(subject.plan.drills).map(
      ([name, { title, kind, every, last, next, scenarios, environment, measures, note }]) => ({
        id: anchors.drill(name),
        cells: [
          [
            strong(title),
            soft(` ${kind}${environment === undefined ? '' : ` in ${environment}`}`),
            ...(note === undefined ? [] : [` ${note}`]),
          ],
          [often(every)],
          lastLine(last),
          next === undefined ? [] : [next],
          joined(scenarios.map((one) => [link(scenarioTitle(subject.plan, one), anchors.scenario(one))])),
          drillResult(subject, scenarios, measures),
        ],
      }),
    ),
  );

const lastLine = (last: string | undefined): Line =>
  last === undefined ? [tag('no day is given', 'open')] : last === 'never' ? [tag('never', 'bad')] : [last];

/** What runs outside protected environments measured. */
function drillResult({ measured, plan }: Subject, scenarios: readonly string[], measures: readonly string[]): Line {
  if (measures.length === 0) return [];
  if (!measured) return [soft('no record is kept')];
  const runs = scenarios.flatMap(
    (name) =>
      measured.findLast(
        ({ scenario, environment }) => scenario === name && plan.environments[environment]?.protected === false,
      ) ?? [],
  );
  if (runs.length === 0) return [tag('never measured', 'open')];
  return joined(
    runs.map(
      ({ scenario, rto_seconds, rto_met, ended_at, status }): Line => [
        `${scenario} ${ended_at.slice(0, 10)}: `,
        rto_seconds === undefined
          ? tag(status === 'succeeded' ? 'not measured' : status, 'open')
          : seconds(rto_seconds),
        ...(rto_met === undefined ? [] : [' ', tag(rto_met ? 'kept' : 'broken', rto_met ? 'good' : 'bad')]),
      ],
    ),
    '; ',
  );
}

const tasks = (plan: Plan): readonly Block[] =>
  table(
    ['Task', 'How often', 'Who signs', 'Last'],
    Object.values(plan.tasks).map(({ title, every, role, last }) => ({
      cells: [
        [title],
        [often(every)],
        role === undefined ? [] : [roleLink(plan, role)],
        last === undefined ? [] : lastLine(last),
      ],
    })),
  );

const controls = ({ controls: all }: Plan): readonly Block[] =>
  table(
    ['Standard', 'What it asks for', 'What shows that it is done'],
    Object.values(all).map(({ standard, requires, evidence }) => ({
      cells: [[strong(standard)], [requires], evidenceLine(evidence)],
    })),
  );

const evidenceLine = (evidence: readonly string[]): Line =>
  evidence.length === 0
    ? [tag('nothing', 'bad')]
    : joined(
        evidence.map((one) =>
          one.startsWith('drills.') ? [link(one, anchors.drill(one.slice('drills.'.length)))] : [code(one)],
        ),
      );

const files = ({ files: all }: Plan): readonly Block[] =>
  list(
    Object.entries(all).map(([path, { title, content }]) =>
      item([code(path), ` ${title}: `, content === 'in-repository' ? 'in the repository' : tag(content, 'open')]),
    ),
  );

const waivers = (plan: Plan): readonly Block[] =>
  list(
    plan.waivers.map(({ rule, at, reason, owner, expires }) =>
      item([code(rule), ' at ', code(at), `: ${reason} `, roleLink(plan, owner), ` answers for it, until ${expires}.`]),
    ),
  );

function findings({ findings: all, judgedOn }: Subject): readonly Block[] {
  const shown = (['error', 'warning'] as const).flatMap((wanted) =>
    all.filter((one) => one.level === wanted && !isNote(one)),
  );
  const notes = all.length - shown.length;
  const when =
    judgedOn === undefined
      ? 'Judged without a date: the plan tells of no day.'
      : `Judged as of ${judgedOn}, the newest day the plan tells of.`;
  return [
    paragraph(`${when} What has become due since then is said by `, code('lifeboat check'), '.'),
    ...(shown.length === 0 ? [paragraph(tag('Nothing is open.', 'good'))] : []),
    ...list(
      shown.map((finding) => {
        const { text } = findingItem(finding);
        return item([...text, soft(` ${finding.rule}, ${finding.at.file}:${finding.at.line}`)]);
      }),
    ),
    ...(notes === 0
      ? []
      : [paragraph(`And ${count(notes, 'note')} that are no fault: `, code('lifeboat check'), ' tells them.')]),
  ];
}

const changes = ({ plan }: Plan): readonly Block[] =>
  table(
    ['Version', 'Day', 'What', 'Who'],
    plan.changes.map(({ version, on, what, by }) => ({ cells: [[strong(version)], [on], [what], [by ?? '']] })),
  );

function made({ plan, planFile, hash, environment, measured, notKnown }: Subject): readonly Block[] {
  return [
    paragraph(
      'From the plan alone and what was measured: nothing in it was written by hand. Change the plan, and make it anew with ',
      code('lifeboat docs'),
      '.',
    ),
    ...facts([
      fact('Plan', code(planFile), ` ${plan.plan.name}, version ${plan.plan.version}`),
      fact('Kept by', ...roleWithPeople(plan, plan.plan.owner)),
      ...(plan.plan.review
        ? [
            fact(
              'Reviewed',
              `${plan.plan.review.last ?? 'no day is given'}, ${often(plan.plan.review.every)}`,
              plan.plan.review.next === undefined ? '' : `; next ${plan.plan.review.next}`,
            ),
          ]
        : []),
      ...(plan.plan.classification === undefined ? [] : [fact('Who may read it', plan.plan.classification)]),
      ...Object.entries(plan.plan.links).map(([name, address]) => fact(name, { kind: 'web' as const, address })),
      ...(plan.plan.updated === undefined ? [] : [fact('Changed', plan.plan.updated)]),
      fact('Environment', environment),
      fact('Hash of the plan', code(hash), soft(' with no environment variable set')),
      fact(
        'Measured values',
        measured
          ? `${count(measured.length, 'run')} on record beside the plan`
          : 'no record is kept beside the plan; lifeboat docs --measured makes one',
      ),
    ]),
    ...(notKnown.length === 0
      ? []
      : [paragraph('This document cannot know what the plan takes from environment variables without a default:')]),
    ...list(notKnown.map((one) => item([one]))),
  ];
}
