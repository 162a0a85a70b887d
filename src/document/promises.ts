import { bestLoss, copyPlaces, survives } from '../check/copies.ts';
import { stretchName } from '../check/critical-path.ts';
import { stretchTime } from '../check/measured-words.ts';
import { rangeText } from '../check/promises.ts';
import { methodsUsed } from '../check/runbooks/restore-methods.ts';
import type { LossSum, PromiseSaid, ScenarioSums, Verdict } from '../check/scenario-sums.ts';
import { formatDuration } from '../lib/duration.ts';
import { pathText } from '../model/finding.ts';
import { effectiveObjective } from '../model/plan/effective.ts';
import { expandedSteps } from '../model/plan/expand.ts';
import { objectiveText, type Plan, type Scenario } from '../model/plan.ts';
import { type Block, type Item, item, type Line, link, list, soft, strong, table, tag } from './document.ts';
import type { Measurement } from './measurement.ts';
import { anchors, type Subject } from './subject.ts';
import { originWords, seconds, spanWords } from './words.ts';

/** What is promised for a scenario, what the plan adds up to, and what runs have measured. */
export function promises(subject: Subject, name: string, sums: ScenarioSums): readonly Block[] {
  const rpo = effectiveObjective(subject.plan, { scenario: name }, 'rpo');
  const saidRpo: Line = rpo
    ? promiseLine({ text: objectiveText(rpo.value), from: pathText(rpo.from) }, name)
    : ['nothing'];
  return [
    ...table(
      ['', 'Promised', 'The plan adds up to', 'Measured last'],
      [
        {
          cells: [
            [strong('RTO'), ' time until it serves'],
            sums.rto ? promiseLine(sums.rto, name) : ['nothing'],
            addsUp(sums),
            measuredLine(subject, name, 'rto'),
          ],
        },
        {
          cells: [
            [strong('RPO'), ' data lost'],
            saidRpo,
            worstOf(subject, name, sums),
            measuredLine(subject, name, 'rpo'),
          ],
        },
        ...noticing(subject, name),
      ],
    ),
    ...list([
      ...pathItems(sums),
      ...sums.losses.map((one) => lossItem(subject, sums, one)),
      ...lastDrills(subject.plan, name),
    ]),
  ];
}

const promiseLine = ({ text, from }: Pick<PromiseSaid, 'text' | 'from'>, here: string): Line => [
  strong(spanWords(text)),
  soft(` set by ${originWords(from, here)}`),
];

const VERDICTS: Readonly<Record<Verdict, Line>> = {
  kept: [tag('kept', 'good')],
  broken: [tag('broken', 'bad')],
  unknown: [tag('not proven', 'open')],
  'not-promised': [],
};

const addsUp = ({ path, verdict }: ScenarioSums): Line => {
  const words =
    path.max === 0 && path.unknown.length > 0
      ? 'not said'
      : `${spanWords(rangeText(path))}${path.unknown.length > 0 ? ' and what is not said' : ''}`;
  return [`${words} `, ...VERDICTS[verdict]];
};

/** The way that takes longest, piece by piece. */
function pathItems({ path, healthy }: ScenarioSums): readonly Item[] {
  const pieces = path.stretches.filter(({ max }) => max > 0);
  const sum = pieces.map((one) => `${stretchName(one)} ${spanWords(stretchTime(one))}`).join(' + ');
  return [
    ...(pieces.length === 0
      ? []
      : [
          item([
            soft(
              `At worst ${formatDuration(path.max)} until ${healthy === null ? 'the last step' : healthy} is done: `,
            ),
            `${sum}.`,
          ]),
        ]),
    ...(path.unknown.length === 0 ? [] : [item([tag('Not said', 'open'), `: ${path.unknown.join('; ')}.`])]),
  ];
}

/** Of the copies that the steps restore from, the best that is still there; where they do not say, of all. */
function bestCopy({ plan }: Subject, name: string, { component }: LossSum) {
  const scenario = plan.scenarios[name] as Scenario;
  const used = methodsUsed({ ...scenario, steps: expandedSteps(plan, name).map(({ step }) => step) }, component);
  const places = copyPlaces(plan, component, plan.components[component] as Plan['components'][string]);
  const alive = places.filter((place) => survives(place, scenario.loses_domains));
  const chosen = used.size === 0 ? alive : alive.filter(({ policy }) => used.has(policy.method));
  return { best: bestLoss(chosen), said: used.size > 0, copied: places.length > 0 };
}

function worstOf(subject: Subject, name: string, sums: ScenarioSums): Line {
  if (sums.losses.length === 0) return ['loses nothing that keeps data'];
  const all = sums.losses.map((one) => bestCopy(subject, name, one).best?.loss);
  const broken = sums.lossComplaints.length > 0 ? [' ', tag('broken', 'bad')] : [];
  if (all.includes(undefined)) return ['no limit', ...broken];
  const kept = isKept(sums) ? [' ', tag('kept', 'good')] : [];
  const worst = Math.max(...all.map((loss) => loss ?? 0));
  return [worst === 0 ? 'nothing' : `at worst ${formatDuration(worst)}`, ...broken, ...kept];
}

/** The rule decides: it knows that a stream lacks its last seconds only when the server is gone that still had them. */
const isKept = ({ losses, lossComplaints }: ScenarioSums): boolean =>
  lossComplaints.length === 0 &&
  losses.every(({ rpo, copies }) => rpo !== null && rpo.limit !== null && copies.length > 0);

function lossItem(subject: Subject, sums: ScenarioSums, loss: LossSum): Item {
  const { best, said, copied } = bestCopy(subject, sums.scenario, loss);
  const from = loss.rpo?.from ?? '';
  const about = [
    link(loss.component, anchors.component(loss.component)),
    loss.rpo ? soft(` (promised ${spanWords(loss.rpo.text)} by ${originWords(from, sums.scenario)})`) : '',
    ': ',
  ];
  if (!copied) return item([...about, tag('nothing copies it', 'bad'), ', all of it is lost.']);
  if (!best) return item([...about, tag('no copy of it is left', 'bad'), ', or nothing bounds the loss.']);
  const limit = loss.rpo?.limit ?? undefined;
  const over = limit !== undefined && best.loss > limit;
  return item([
    ...about,
    ...(over && sums.lossComplaints.length > 0 ? [tag('broken', 'bad'), ', '] : []),
    `at worst ${best.text}`,
    ...(over && sums.lossComplaints.length === 0
      ? ['; here the server stays, and with it what the stream has not stored yet']
      : []),
    soft(said ? ' (the steps restore from it)' : ' (the steps do not say from which copy)'),
    '.',
  ]);
}

function measuredLine({ measured, plan }: Subject, name: string, kind: 'rto' | 'rpo'): Line {
  if (!measured) return [soft('no record is kept')];
  const runs = measured.filter(({ scenario }) => scenario === name);
  const last = runs.findLast((run) => run[`${kind}_seconds`] !== undefined) ?? runs.at(-1);
  if (!last) return [tag('never measured', 'open')];
  const value = last[`${kind}_seconds`];
  const met = last[`${kind}_met`];
  const lost = kind === 'rpo' && last.lost !== undefined ? `, ${last.lost} acknowledged writes lost` : '';
  return [
    value === undefined ? tag('not measured', 'open') : strong(seconds(value)),
    ...(lost === '' ? [] : [lost]),
    ...(met === undefined ? [] : [' ', met ? tag('kept', 'good') : tag('broken', 'bad')]),
    soft(` ${whenLine(last, plan)}`),
  ];
}

/** How long noticing took, where the plan says how long it may take or a run has measured it. */
function noticing({ plan, measured }: Subject, name: string): readonly { readonly cells: readonly Line[] }[] {
  const within = plan.scenarios[name]?.detect_within;
  const last = measured?.findLast((run) => run.scenario === name && run.detect_seconds !== undefined);
  if (last?.detect_seconds === undefined) return [];
  const verdict =
    last.detect_met === undefined ? [] : [' ', last.detect_met ? tag('kept', 'good') : tag('broken', 'bad')];
  return [
    {
      cells: [
        [strong('Noticing'), ' time until it is seen'],
        [within === undefined ? 'nothing' : strong(within)],
        [''],
        [strong(seconds(last.detect_seconds)), ...verdict, soft(` ${whenLine(last, plan)}`)],
      ],
    },
  ];
}

function whenLine({ ended_at, environment, status, run }: Measurement, { environments }: Plan): string {
  const kind = environments[environment]?.protected === false ? 'drill' : 'run';
  const outcome = status === 'succeeded' ? '' : `, ${status}`;
  return `${ended_at.slice(0, 10)}, ${kind} ${run} in ${environment}${outcome}`;
}

/** When it was last rehearsed, as the plan says. */
function lastDrills({ drills }: Plan, name: string): readonly Item[] {
  const about = Object.entries(drills).filter(([, { scenarios }]) => scenarios.includes(name));
  if (about.length === 0) return [item([tag('No drill', 'open'), ' rehearses this scenario.'])];
  return about.map(([drill, { title, last, next }]) =>
    item([
      'Last drill: ',
      link(title, anchors.drill(drill)),
      last === undefined || last === 'never'
        ? tag(last === 'never' ? ' never' : ' no day is given', 'open')
        : strong(` ${last}`),
      ...(next === undefined ? [] : [soft(`, next ${next}`)]),
    ]),
  );
}
