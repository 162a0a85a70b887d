import type { Plan } from '../model/plan.ts';
import {
  item,
  joined,
  type Line,
  link,
  list,
  paragraph,
  type Row,
  type Section,
  section,
  soft,
  strong,
  table,
  tag,
} from './document.ts';
import { contactLine, roleLink, roleWithPeople } from './people.ts';
import { anchors, type Subject } from './subject.ts';

/** Whom to call, in which order, and how. */
export function contacts({ plan }: Subject): Section {
  return {
    id: anchors.contacts,
    title: 'Whom to call',
    blocks: [
      ...(Object.keys(plan.people).length === 0 ? [paragraph('The plan names no people.')] : []),
      ...table(['What they do', 'Who, in this order'], rows(plan)),
    ],
    sections: section({ id: anchors.order, title: 'In which order', blocks: ladders(plan) }),
  };
}

const rows = (plan: Plan): readonly Row[] =>
  Object.entries(plan.roles).map(([name, role]) => {
    const all = [
      ...role.people.map((one) => personLine(plan, one)),
      ...(role.vendor === undefined ? [] : [vendorLine(plan, role.vendor)]),
    ];
    return {
      id: anchors.role(name),
      cells: [
        [
          strong(role.title ?? name),
          soft(` ${name}`),
          ...(role.on_call ? [', always reachable'] : []),
          ...(role.reports_to === undefined ? [] : [soft('; above: '), roleLink(plan, role.reports_to)]),
        ],
        all.length === 0 ? [tag('nobody is named', 'bad')] : joined(all, ', then '),
      ],
    };
  });

function personLine({ people }: Plan, name: string): Line {
  const person = people[name];
  const ways: readonly Line[] = [
    ...(person?.phone === undefined ? [] : [[{ kind: 'phone', number: person.phone } as const]]),
    ...(person?.email === undefined ? [] : [[{ kind: 'mail', address: person.email } as const]]),
  ];
  return [
    strong(person?.name ?? name),
    ' ',
    ...(ways.length === 0 ? [tag('no number, no mail', 'bad')] : joined(ways, ' ')),
  ];
}

function vendorLine({ vendors }: Plan, name: string): Line {
  const vendor = vendors[name];
  return [
    link(vendor?.title ?? name, anchors.vendor(name)),
    ...(vendor?.contact ? [': ', ...contactLine(vendor.contact)] : []),
  ];
}

const ENDS = { acknowledged: 'somebody answers', mitigated: 'it gets better', resolved: 'it is over' } as const;

const ladders = (plan: Plan) =>
  list(
    Object.entries(plan.escalation).map(([name, { title, until, severities, levels }]) =>
      item(
        [
          strong(title ?? name),
          ` goes on until ${ENDS[until]}`,
          ...(severities.length === 0
            ? ['; for every severity']
            : ['; for ', ...joined(severities.map((one) => [link(one, anchors.severity(one))]))]),
        ],
        levels.map(({ after, to, title: about }) =>
          item([
            strong(after === '0' ? 'at once' : `after ${after}`),
            ' ',
            ...joined(
              to.map((role) => roleWithPeople(plan, role)),
              '; ',
            ),
            ...(about === undefined ? [] : [soft(` (${about})`)]),
          ]),
        ),
      ),
    ),
    'tree',
  );
