import { isJsonObject, type Json } from '../lib/json.ts';
import { sha256Hex } from '../model/journal-chain.ts';
import { effectiveObjective } from '../model/plan/effective.ts';
import { ObjectiveValue, Plan, promised } from '../model/plan.ts';
import type { JournalEvent } from '../model/run.ts';
import { measure, type OpenedObligation, type RunState } from '../model/run-state.ts';
import { plain } from './plain-text.ts';
import { type ClockReading, clocks, detectionOf, type WaitRow, waitRows } from './report-clocks.ts';
import { type Loss, measuredLoss } from './report-loss.ts';
import { type StepReport, stepReports } from './report-steps.ts';
import { type TimelineEntry, timeline } from './report-timeline.ts';
import { type Judgement, judge, type Measured } from './report-verdict.ts';

/** Part of the time from impact to healthy, in seconds. */
export type Phase = { readonly name: 'noticing' | 'working' | 'waiting'; readonly seconds: number };

export type Fact = { readonly name: string; readonly value: string };

/** All that a report says, before it is made into a page. Text is as it came: whoever shows it must escape it. */
export interface ReportData {
  readonly run: string;
  readonly title: string;
  readonly about: string;
  readonly status: RunState['status'];
  readonly verdict: Judgement;
  readonly rto: Measured;
  readonly rpo: Measured;
  readonly humanWaitSeconds: number;
  /** Empty while the service is not healthy again. */
  readonly phases: readonly Phase[];
  readonly loss: Loss;
  /** How long noticing took, against `detect_within`. */
  readonly detection: Measured;
  readonly clocks: readonly ClockReading[];
  /** Every time it waited for people. */
  readonly waits: readonly WaitRow[];
  readonly steps: readonly StepReport[];
  readonly obligations: readonly OpenedObligation[];
  readonly timeline: readonly TimelineEntry[];
  readonly facts: readonly Fact[];
  readonly inputs: readonly Fact[];
  /** Events told here, and the hash of the last one as the seal of the evidence carries it. */
  readonly events: number;
  readonly head: string;
  /** Public key that seals the evidence, for `lifeboat evidence verify --key`; absent when it was not told. */
  readonly sealedBy?: string;
}

/** The report of a run as it stands, from its events alone. */
export function reportData(state: RunState, events: readonly JournalEvent[], sealedBy?: string): ReportData {
  const scenario = scenarioOf(state);
  const { rtoSeconds, humanWaitSeconds } = measure(state);
  const loss = measuredLoss(state);
  const rto = compared(promisedSeconds(state, 'rto'), rtoSeconds);
  const rpo = comparedLoss(promisedSeconds(state, 'rpo'), loss);
  const detection = detectionOf(state, textAt(scenario, 'detect_within'));
  const steps = stepReports(state, events, state.origin.steps ?? listAt(scenario, 'steps'));
  return {
    run: state.id,
    title: textAt(scenario, 'title') ?? state.origin.scenario,
    about: `${textAt(state.origin.plan, 'plan', 'title') ?? state.origin.planFile}, ${state.origin.environment}`,
    status: state.status,
    verdict: judge({ state, events, rto, rpo, loss, steps }),
    rto,
    rpo,
    humanWaitSeconds,
    phases: phases(state, rtoSeconds, humanWaitSeconds),
    loss,
    detection,
    clocks: clocks(state, events, detection),
    waits: waitRows(state, events),
    steps,
    obligations: state.obligations,
    timeline: timeline(state, events),
    facts: facts(state),
    inputs: Object.entries(state.origin.inputs).map(([name, value]) => ({ name, value: plain(value) })),
    events: events.length,
    head: sha256Hex(JSON.stringify(events.at(-1))),
    ...(sealedBy === undefined ? {} : { sealedBy }),
  };
}

const scenarioOf = ({ origin }: RunState): Json | undefined => at(origin.plan, 'scenarios', origin.scenario);

/** The plan of an old run may have been written in an older language, so nothing is taken for granted. */
function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here = value;
  for (const key of path) here = isJsonObject(here) ? here[key] : undefined;
  return here;
}

function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** What holds for the scenario, whoever says it. Of a plan in an older language only what the scenario itself says is known. */
function promisedSeconds(state: RunState, objective: 'rto' | 'rpo'): number | undefined {
  const { data: plan } = Plan.safeParse(state.origin.plan);
  const { data: own } = ObjectiveValue.safeParse(at(scenarioOf(state), 'objectives', objective));
  const span = plan
    ? effectiveObjective(plan, { scenario: state.origin.scenario }, objective)?.promised
    : promised(own);
  return span && span.max / 1000;
}

function compared(promised: number | undefined, measured: number | undefined): Measured {
  return {
    ...(promised === undefined ? {} : { promised }),
    ...(measured === undefined ? {} : { measured }),
    ...(promised === undefined || measured === undefined ? {} : { met: measured <= promised }),
  };
}

/** A promise of no loss at all is kept only when nothing was lost, however short the span. */
function comparedLoss(promised: number | undefined, { lost, lossSeconds }: Loss): Measured {
  const time = compared(promised, lossSeconds);
  if (promised !== 0 || lost === undefined) return time;
  return { ...time, met: lost === 0 && time.met !== false };
}

function phases(state: RunState, rto: number | undefined, waiting: number): readonly Phase[] {
  if (rto === undefined) return [];
  const noticing = Math.max(0, (Date.parse(state.createdAt) - Date.parse(state.impactAt)) / 1000);
  const all: Phase[] = [
    { name: 'noticing', seconds: Math.min(noticing, rto) },
    { name: 'working', seconds: Math.max(0, rto - noticing - waiting) },
    { name: 'waiting', seconds: waiting },
  ];
  return all.filter((phase) => phase.seconds > 0);
}

/** What was done without a second person stands first, for whoever reads nothing else. */
const breakGlass = ({ steps }: RunState): readonly Fact[] =>
  [...steps.values()].flatMap(({ id, approvals, answer }) => {
    const words = [...approvals, ...(answer ? [answer] : [])];
    return words.flatMap(({ by, at, breakGlass: why }) =>
      why === undefined ? [] : [{ name: 'BREAK-GLASS', value: `${id}: ${by}, ${at}: ${plain(why)}` }],
    );
  });

function facts(state: RunState): readonly Fact[] {
  const { origin, createdBy, epoch, owner } = state;
  return [
    ...breakGlass(state),
    {
      name: 'Plan',
      value: [origin.planFile, textAt(origin.plan, 'plan', 'version')].filter(Boolean).join(', version '),
    },
    { name: 'Plan hash', value: origin.planHash },
    { name: 'Scenario', value: origin.scenario },
    { name: 'Environment', value: origin.environment },
    ...(origin.despite === undefined
      ? []
      : [
          {
            name: 'Begun despite findings',
            value: `${origin.despite.findings.length}: ${plain(origin.despite.reason)}`,
          },
        ]),
    { name: 'Started by', value: createdBy },
    { name: 'Carried out on', value: owner ? `${owner.host}, process ${owner.pid}` : 'not known' },
    { name: 'Times taken up', value: String(epoch) },
    { name: 'Lifeboat', value: origin.version },
  ];
}
