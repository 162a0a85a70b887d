import { lostComponents } from '../check/losses.ts';
import type { Plan, Scenario } from '../model/plan.ts';
import { type Block, code, type Item, item, type Line, link, list, strong, tag } from './document.ts';
import type { Numbered } from './numbers.ts';
import { roleLink } from './people.ts';
import { anchors, scenarioTitle } from './subject.ts';

/** What has to be decided on the way: whether it is this one, who says yes, which way is taken, and what when it does not work. */
export function decisions(plan: Plan, name: string, steps: readonly Numbered[]): readonly Block[] {
  return list(
    [...isItThis(plan, name), ...onTheWay(name, steps), ...asked(plan, name, steps), ...doesNotWork(plan, name)],
    'tree',
  );
}

function isItThis(plan: Plan, name: string): readonly Item[] {
  const lost = lostComponents(plan, plan.scenarios[name] as Scenario);
  const bigger = Object.entries(plan.scenarios).filter(([other, scenario]) => {
    const more = lostComponents(plan, scenario);
    return other !== name && more.length > lost.length && lost.length > 0 && lost.every((one) => more.includes(one));
  });
  if (bigger.length === 0) return [];
  const choices = new Map<string, Item[]>();
  const more = new Map<string, readonly string[]>();
  for (const [other, scenario] of bigger) {
    const names = lostComponents(plan, scenario).filter((one) => !lost.includes(one));
    const key = names.join(' ');
    more.set(key, names);
    choices.set(key, [...(choices.get(key) ?? []), item([link(scenarioTitle(plan, other), anchors.scenario(other))])]);
  }
  const groups = [...choices].map(([key, links]) => {
    const names = more.get(key) ?? [];
    return item([...namesLine(names), names.length === 1 ? ' is lost too: go to' : ' are lost too: go to'], links);
  });
  return [item([strong('Is more lost than this?')], [...groups, item(['no: stay here'])])];
}

const namesLine = (names: readonly string[]): Line =>
  names.flatMap((name, index) => [
    index === 0 ? '' : index === names.length - 1 ? ' and ' : ', ',
    link(name, anchors.component(name)),
  ]);

function onTheWay(name: string, steps: readonly Numbered[]): readonly Item[] {
  const told = new Set<string>();
  return steps.flatMap((one) => {
    const { alternative, step } = one;
    const group = alternative && `${one.via[0]?.step.id ?? ''} ${alternative.group}`;
    if (group !== undefined && alternative) {
      if (told.has(group)) return [];
      told.add(group);
      const members = steps.filter(
        (other) =>
          other.alternative?.group === alternative.group &&
          (other.via[0]?.step.id ?? '') === (one.via[0]?.step.id ?? ''),
      );
      return [item([strong(`Which way? One of these (${alternative.group})`)], branches(members, name))];
    }
    const maybe =
      step.when === undefined
        ? []
        : [
            item(
              [strong(`Step ${one.number} is done only when `), code(condition(step.when)), ': ', stepLink(one, name)],
              [item(['otherwise it is left out'])],
            ),
          ];
    return maybe;
  });
}

/** Where somebody has to say yes. */
function asked(plan: Plan, name: string, steps: readonly Numbered[]): readonly Item[] {
  const asking = steps.flatMap((one) =>
    one.step.approve
      ? [item([`step ${one.number}, `, stepLink(one, name), ': ', roleLink(plan, one.step.approve.role)])]
      : [],
  );
  return asking.length === 0 ? [] : [item([strong('Who has to say yes?')], asking)];
}

function branches(members: readonly Numbered[], name: string): readonly Item[] {
  const byBranch = new Map<string, Numbered[]>();
  for (const one of members)
    byBranch.set(one.alternative?.branch ?? '', [...(byBranch.get(one.alternative?.branch ?? '') ?? []), one]);
  return [...byBranch.values()].map((all) => {
    const [first] = all as [Numbered];
    const when = first.step.when;
    return item([
      ...(when === undefined ? [] : ['when ', code(condition(when)), ': ']),
      `${first.number} `,
      stepLink(first, name),
    ]);
  });
}

const stepLink = ({ step, title }: Numbered, name: string) => link(title, anchors.step(name, step.id));

/** The condition without the signs that only the program needs. */
export const condition = (text: string): string => text.trim().replace(/^\$\{\{\s*([\s\S]*?)\s*\}\}$/, '$1');

function doesNotWork(plan: Plan, name: string): readonly Item[] {
  const { rollback } = plan.scenarios[name] as Scenario;
  const ladder = Object.entries(plan.escalation).find(([, { until }]) => until !== 'acknowledged');
  return [
    item(
      [strong('It does not work, or not in time?')],
      [
        item(
          rollback === undefined
            ? ['take back: ', tag('the plan names no way back', 'open')]
            : ['take back: ', rollback],
        ),
        ...(ladder
          ? [item(['call the next: ', link(ladder[1].title ?? ladder[0], anchors.order)])]
          : [item(['call: ', link('whom to call', anchors.contacts)])]),
      ],
    ),
  ];
}
