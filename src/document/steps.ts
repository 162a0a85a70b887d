import type { AnyAction } from '../actions/action.ts';
import { noWayBack } from '../actions/way-back.ts';
import { formatDuration } from '../lib/duration.ts';
import type { Json } from '../lib/json.ts';
import { pathText } from '../model/finding.ts';
import { ENOUGH_RUNS, type MeasuredSpan, runsText } from '../model/measured.ts';
import { itemText } from '../model/plan/for-each.ts';
import { DEFAULT_EVERY, lookedForWords, lookIn } from '../model/plan/look.ts';
import type { Plan, Step } from '../model/plan.ts';
import { condition } from './decisions.ts';
import {
  type Block,
  code,
  type Fact,
  fact,
  facts,
  joined,
  type Line,
  link,
  paragraph,
  type StepEntry,
  soft,
  tag,
} from './document.ts';
import { filledIn, type Known, valueLine } from './fill-in.ts';
import type { Numbered } from './numbers.ts';
import { roleWithNames } from './people.ts';
import { anchors, type Subject } from './subject.ts';
import { spanWords } from './words.ts';

/** What stands around the steps of one scenario. */
export interface Around {
  readonly subject: Subject;
  readonly scenario: string;
  readonly steps: readonly Numbered[];
  readonly known: Known;
}

/** The steps of a scenario, each with all that a person needs who carries it out with his own hands. */
export const stepEntries = (around: Around): readonly StepEntry[] =>
  around.steps.map((one, index) => {
    const { step, number, title, via, alternative } = one;
    const outer = via[0]?.step;
    const within: Line = [
      ...(outer ? [`Part of: ${outer.title ?? outer.id}`] : []),
      ...(outer && alternative ? ['. '] : []),
      ...(alternative ? [`One of several ways: ${alternative.group}`] : []),
    ];
    return {
      id: anchors.step(around.scenario, step.id),
      number,
      ...(within.length === 0 ? {} : { within }),
      title: [title],
      blocks: stepBlocks(one, index, around),
    };
  });

function stepBlocks(one: Numbered, index: number, around: Around): readonly Block[] {
  const { step } = one;
  const action = around.subject.actions.get(step.uses);
  return [
    ...doing(one, action, around),
    ...facts([
      ...order(one, index, around),
      ...conditions(step, around.subject.plan),
      ...ending(step),
      ...measuredFacts(around.subject.measuredSteps.get(around.scenario)?.get(step.id)),
      ...failing(step, action),
      ...(step.note === undefined ? [] : [fact('Note', step.note)]),
      fact('Name', code(step.id), soft(` by ${step.uses}`)),
    ]),
  ];
}

/** Words under which a text is meant to be run as it stands. */
const COMMANDS = new Set(['command', 'script', 'run', 'sql', 'query']);

/** What is run and what it is given; a text in which `check` has found a secret is left out, because paper is carried about. */
function doing(one: Numbered, action: AnyAction | undefined, { known, subject }: Around): readonly Block[] {
  const { instruction, done_when: _, ...input } = one.step.with;
  const secrets = secretsIn(one, subject);
  const shown = Object.entries(input).filter(([key]) => !secrets.has(key));
  const isCommand = ([key, value]: readonly [string, unknown]) => COMMANDS.has(key) && typeof value === 'string';
  const values = shown.filter((entry) => !isCommand(entry));
  const withLine = joined(
    values.map(([key, value]) => [`${key.replaceAll('_', ' ')} `, ...inputLine(key, value, known, subject.plan)]),
  );
  return [
    ...(action ? [paragraph(soft(action.summary))] : []),
    ...(typeof instruction === 'string' && !secrets.has('instruction')
      ? [paragraph(...filledIn(instruction, known))]
      : []),
    ...shown
      .filter(isCommand)
      .map(([, value]): Block => ({ kind: 'command', pieces: filledIn(String(value).trimEnd(), known) })),
    ...(withLine.length === 0 ? [] : [paragraph('With ', ...withLine)]),
    ...[...secrets.entries()].map(([key, place]) =>
      paragraph(tag(`The ${key} is not shown: it holds a secret.`, 'bad'), ` It stands in ${place}.`),
    ),
  ];
}

/** The inputs of a step that hold a secret, with the places where they stand. */
function secretsIn({ step, path }: Numbered, { findings }: Subject): ReadonlyMap<string, string> {
  const [part, name] = path;
  const named = `${part}.${name}.steps.${step.id.split('.').at(-1)}`;
  const places = [pathText(path), named];
  const known = findings.filter(({ rule }) => rule === 'literal-secret');
  const found = known.flatMap(({ path: at, at: place }) =>
    places.flatMap((start): readonly (readonly [string, string])[] => {
      const key = at?.startsWith(`${start}.with.`) ? /^[^.[]+/.exec(at.slice(start.length + 6))?.[0] : undefined;
      return key === undefined ? [] : [[key, `${place.file}:${place.line}`]];
    }),
  );
  return new Map(found);
}

/** What names a part of the plan leads there. */
function inputLine(key: string, value: unknown, known: Known, plan: Plan): Line {
  const names = Array.isArray(value) ? value : [value];
  const places: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, (name: string) => string]>> = {
    component: [plan.components, anchors.component],
    components: [plan.components, anchors.component],
    of: [plan.components, anchors.component],
    service: [plan.components, anchors.component],
    channel: [plan.channels, anchors.channel],
    template: [plan.templates, anchors.template],
    roles: [plan.roles, anchors.role],
  };
  const [all, anchor] = places[key] ?? [];
  const isNamed = all && names.every((one) => typeof one === 'string' && Object.hasOwn(all, one));
  return isNamed && anchor
    ? joined(names.map((one) => [link(String(one), anchor(String(one)))]))
    : valueLine(value, known);
}

/** Only where it is not simply the one after the step above. */
function order({ step, alternative }: Numbered, index: number, { steps, scenario }: Around): readonly Fact[] {
  const needs = step.needs ?? [];
  const above = steps[index - 1];
  if (index === 0 || (needs.length === 1 && needs[0] === above?.step.id)) return [];
  if (alternative && sameNeeds(step, above?.alternative?.group === alternative.group ? above.step : undefined))
    return [];
  if (needs.length === 0) return [fact('Begins', 'at once, beside the steps above')];
  const after = needs.flatMap((id) => {
    const found = steps.find((one) => one.step.id === id);
    return found ? [[link(found.number, anchors.step(scenario, id))]] : [];
  });
  const groups = new Set(needs.map((id) => steps.find((one) => one.step.id === id)?.alternative?.group));
  const isChoice = needs.length > 1 && groups.size === 1 && !groups.has(undefined);
  return after.length === 0
    ? []
    : [
        fact(
          'Begins',
          isChoice ? 'after the way that was taken of ' : 'after ',
          ...joined(after, isChoice ? ' or ' : ' and '),
        ),
      ];
}

/** Ways beside each other begin together. */
const sameNeeds = ({ needs = [] }: Step, other: Step | undefined): boolean =>
  other !== undefined && needs.join(' ') === (other.needs ?? []).join(' ');

function conditions(step: Step, plan: Plan): readonly Fact[] {
  const { when, approve, proven, safety_point, confirm, in: domain } = step;
  const { for_each: items, at_once: atOnce = 1, may_fail: mayFail = 0 } = step;
  const title = domain === undefined ? undefined : plan.domains[domain]?.title;
  return [
    ...(when === undefined ? [] : [fact('Only when', code(condition(when)))]),
    ...(items === undefined ? [] : forItems(items, atOnce, mayFail)),
    ...(approve
      ? [
          fact(
            'Approved by',
            `${approve.count} of `,
            ...roleWithNames(plan, approve.role),
            ...(approve.within === undefined ? [] : [`, within ${approve.within}`]),
          ),
        ]
      : []),
    ...(proven ? [fact('Only when still proven', proven.join(', '), ': look again right before')] : []),
    ...(safety_point ? [fact('Only after a new recovery point of', [safety_point].flat().join(', '))] : []),
    ...(confirm
      ? [
          fact(
            'Confirmed by',
            `${confirm.count} of `,
            ...roleWithNames(plan, confirm.role),
            `, within ${confirm.within}, that the world is right; else it is taken back`,
          ),
        ]
      : []),
    ...(domain === undefined
      ? []
      : [fact('Acts in', link(domain, anchors.domain(domain)), ...(title === undefined ? [] : [soft(`: ${title}`)]))]),
  ];
}

function forItems(items: NonNullable<Step['for_each']>, atOnce: number, mayFail: number): readonly Fact[] {
  const list =
    typeof items === 'string' ? code(condition(items)) : items.map((item) => itemText(item as Json)).join(', ');
  const fails = mayFail === 0 ? 'none may fail' : `${mayFail} may fail`;
  return [fact('For each of', list), fact('At a time', `${atOnce}; ${fails}`)];
}

function ending(step: Step): readonly Fact[] {
  const { expect, timeout, success, with: input } = step;
  const done = typeof input.done_when === 'string' ? input.done_when : undefined;
  const takes = [
    ...(expect === undefined ? [] : [expect === '0' ? 'no time' : `about ${spanWords(expect)}`]),
    ...(timeout === undefined ? [] : [`given up after ${timeout}`]),
  ];
  return [
    ...(takes.length === 0 ? [] : [fact('Takes', takes.join(', '))]),
    ...(done === undefined ? [] : [fact('Done when', done)]),
    ...lookFacts(step),
    ...(success === undefined ? [] : [fact('Has succeeded when', code(condition(success)))]),
  ];
}

/** What a machine looks for, and how often. */
function lookFacts(step: Step): readonly Fact[] {
  const { look } = lookIn(step) ?? {};
  if (typeof look?.uses !== 'string' || typeof look.until !== 'string') return [];
  const { uses, until, every = DEFAULT_EVERY, text } = look;
  return [
    ...(typeof text === 'string' ? [fact('Done when', text)] : []),
    fact('Ends by itself when', code(lookedForWords({ uses, until })), soft(`, looked at every ${every}`)),
  ];
}

/** What runs really took. Of few runs it is said that they are few. */
function measuredFacts(measured: MeasuredSpan | undefined): readonly Fact[] {
  if (!measured) return [];
  const { p50, p95, n } = measured;
  const runs = runsText(measured);
  if (n < ENOUGH_RUNS)
    return [fact('Took', `${formatDuration(p95)} at most in ${runs}`, soft(': too few to count with'))];
  return [
    fact('Took', `usually ${formatDuration(p50)}, ${formatDuration(p95)} at worst`, soft(` (p50 and p95 of ${runs})`)),
  ];
}

const ON_FAILURE: Readonly<Record<Step['on_failure'], string>> = {
  ask: '',
  undo: 'take back what was done so far, the newest first',
  continue: 'go on with the next step',
  stop: 'end here; the recovery has failed',
};

function failing(step: Step, action: AnyAction | undefined): readonly Fact[] {
  const { on_failure, retry } = step;
  const tries = retry ? [triesText(retry)] : [];
  const then = [...tries, ...(ON_FAILURE[on_failure] === '' ? [] : [ON_FAILURE[on_failure]])];
  return [
    ...(then.length === 0 ? [] : [fact('When it fails', then.join('; then '))]),
    ...undoing(action, step),
    ...(action?.owes ? [fact('Must be put back', tag('yes', 'open'), ', before the recovery is over')] : []),
  ];
}

function triesText({ times, every, backoff = 1, at_most: longest }: NonNullable<Step['retry']>): string {
  const most = longest === undefined ? '' : `, at most ${longest}`;
  const growing = backoff === 1 ? '' : `, each pause ${backoff} times as long as the one before${most}`;
  return `try ${times} more times, ${every} apart${growing}`;
}

/** Steps of people are taken back by people, and looking changes nothing. */
function undoing(action: AnyAction | undefined, { uses, with: input }: Step): readonly Fact[] {
  if (!action || action.danger === 'read' || uses.startsWith('human.')) return [];
  const why = noWayBack(action, input);
  if (why === undefined) return [fact('Taken back', 'by Lifeboat, when the recovery is undone')];
  return [fact('Cannot be taken back', why)];
}
