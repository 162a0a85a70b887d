import { pausedBecause } from '../engine/execute.ts';
import { type ReportData, reportData } from '../evidence/report.ts';
import type { Json } from '../lib/json.ts';
import type { ErrorRecord } from '../model/errors.ts';
import type { Looked } from '../model/looked.ts';
import type { Ground, JournalEvent, Preview, RunStatus, WaitsFor } from '../model/run.ts';
import { type TimeTo, timeTo, waitsTold } from '../model/run-clocks.ts';
import { type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import { foldRun, openObligations, type RunState, type StepState } from '../model/run-state.ts';
import { frozenInputsHint } from './frozen-inputs.ts';
import { type RunTrace, traceRun } from './run-trace.ts';
import type { PlanWorld, Services } from './services.ts';
import { type RunFiles, writeReport } from './write-report.ts';

/** How a run stands, measured against what was promised. What `--json` prints. */
export interface RunResult {
  readonly run: string;
  readonly scenario: string;
  readonly title: string;
  readonly environment: string;
  readonly status: RunStatus;
  /** Why the run is not succeeded, with the code that the command exits with. */
  readonly error?: RunError;
  /** What the scenario promises; absent where it promises nothing that can be measured. */
  readonly objective: {
    readonly rto_seconds?: number;
    readonly rpo_seconds?: number;
    readonly detect_within_seconds?: number;
  };
  /** From impact to healthy; absent while it is not healthy. */
  readonly rto_seconds?: number;
  readonly rto_met?: boolean;
  /** Span of lost data; absent when no step measured it. */
  readonly rpo_seconds?: number;
  readonly rpo_met?: boolean;
  /** How long after the damage it was noticed and so on; absent where it is not known. */
  readonly time_to: TimeTo;
  /** Whether it was noticed as soon as the plan says. */
  readonly detect_met?: boolean;
  readonly human_wait_seconds: number;
  /** Every time it waited for people, oldest first. What still waits is counted up to the last event. */
  readonly waits: readonly WaitResult[];
  readonly loss?: MeasuredLoss;
  readonly impact_at: string;
  readonly impact_source: string;
  readonly detected_at?: string;
  readonly detected_source?: string;
  readonly declared_at: string;
  readonly first_action_at?: string;
  readonly healthy_at?: string;
  readonly ended_at?: string;
  readonly steps: readonly StepResult[];
  readonly open_obligations: readonly { readonly id: string; readonly what: string; readonly step: string }[];
  readonly report?: RunFiles['report'];
  readonly evidence?: string;
  /** Spans that were sent to a tracing system, where one is set. */
  readonly trace?: RunTrace;
}

/** `because`: the error of the step that paused the run, where one did. */
export interface RunError extends ErrorRecord {
  readonly because?: ErrorRecord;
}

export interface WaitResult {
  readonly step: string;
  readonly waits_for: WaitsFor['kind'];
  readonly role?: string;
  readonly from: string;
  /** Absent while it still waits. */
  readonly to?: string;
  readonly seconds: number;
  /** Whose words were heard. */
  readonly by?: readonly string[];
}

/** What a step found by comparing the data with what was acknowledged. */
export interface MeasuredLoss {
  readonly step: string;
  readonly acknowledged?: number;
  readonly lost?: number;
  readonly loss_seconds?: number;
}

export interface StepResult {
  readonly id: string;
  readonly title?: string;
  readonly action: string;
  readonly status: StepState['progress']['status'];
  readonly seconds?: number;
  readonly output?: Json;
  readonly waits_for?: WaitsFor['kind'];
  /** What it will do once it is approved. */
  readonly preview?: Preview;
  /** What somebody is asked to do or to answer. */
  /** Who must say that the world is right, and until when. */
  readonly confirmation?: { readonly role: string; readonly until: string };
  /** What it rested on when it began to act. */
  readonly grounds?: readonly Ground[];
  readonly task?: { readonly instruction: string; readonly done_when?: string };
  /** It holds the run until then. */
  readonly held_until?: string;
  /** What it looks for in the world, and last saw. */
  readonly looks?: Looked;
  readonly error?: ErrorRecord;
}

/** Writes report and evidence of a run that has stopped, for whatever reason, and says how it stands. */
export async function concludeRun(id: string, world: PlanWorld, services: Services): Promise<RunResult> {
  const journal = services.journal(world.stateFolder);
  const events = await journal.events(id);
  const files = await writeReport(
    { id, events, lines: await journal.lines(id), stateFolder: world.stateFolder },
    services,
  );
  return { ...resultOf(events), ...files, ...(await traceRun(events, services)) };
}

/** How a run stands, from its events alone. */
export function resultOf(events: readonly JournalEvent[]): RunResult {
  const state = foldRun(events);
  const scenario = scenarioOfRun(state);
  const error = errorOf(state, events);
  return {
    run: state.id,
    scenario: state.origin.scenario,
    title: scenario.title,
    environment: state.origin.environment,
    status: state.status,
    ...(error ? { error } : {}),
    ...measured(reportData(state, events)),
    ...moments(state),
    time_to: timeTo(state),
    waits: waitsTold(state, new Date(events.at(-1)?.at ?? state.createdAt)).map(({ waitsFor, ...wait }) => ({
      ...wait,
      waits_for: waitsFor,
    })),
    steps: scenario.steps.map((step) => stepResult(step, state.steps.get(step.id))),
    open_obligations: openObligations(state).map(({ id, what, step }) => ({ id, what, step })),
  };
}

function measured({ rto, rpo, detection, loss, humanWaitSeconds }: ReportData) {
  return {
    objective: {
      ...(rto.promised === undefined ? {} : { rto_seconds: rto.promised }),
      ...(rpo.promised === undefined ? {} : { rpo_seconds: rpo.promised }),
      ...(detection.promised === undefined ? {} : { detect_within_seconds: detection.promised }),
    },
    human_wait_seconds: humanWaitSeconds,
    ...(rto.measured === undefined ? {} : { rto_seconds: rto.measured }),
    ...(detection.met === undefined ? {} : { detect_met: detection.met }),
    ...(rto.met === undefined ? {} : { rto_met: rto.met }),
    ...(rpo.measured === undefined ? {} : { rpo_seconds: rpo.measured }),
    ...(rpo.met === undefined ? {} : { rpo_met: rpo.met }),
    ...(loss.step === undefined ? {} : { loss: lossResult(loss.step, loss) }),
  };
}

const lossResult = (step: string, { acknowledged, lost, lossSeconds }: ReportData['loss']): MeasuredLoss => ({
  step,
  ...(acknowledged === undefined ? {} : { acknowledged }),
  ...(lost === undefined ? {} : { lost }),
  ...(lossSeconds === undefined ? {} : { loss_seconds: lossSeconds }),
});

const moments = (state: RunState) => ({
  impact_at: state.impactAt,
  impact_source: state.impactSource,
  ...(state.detectedAt === undefined ? {} : { detected_at: state.detectedAt }),
  ...(state.detectedSource === undefined ? {} : { detected_source: state.detectedSource }),
  declared_at: state.createdAt,
  ...(state.firstActionAt === undefined ? {} : { first_action_at: state.firstActionAt }),
  ...(state.healthyAt === undefined ? {} : { healthy_at: state.healthyAt }),
  ...(state.endedAt === undefined ? {} : { ended_at: state.endedAt }),
});

function stepResult(step: RunStep, known: StepState | undefined): StepResult {
  const progress = known?.progress ?? { status: 'queued' as const };
  const end = 'finishedAt' in progress ? progress.finishedAt : undefined;
  const error = 'error' in progress ? progress.error : undefined;
  return {
    id: step.id,
    ...(step.title === undefined ? {} : { title: step.title }),
    action: step.uses,
    status: progress.status,
    ...(end !== undefined && known?.startedAt !== undefined ? { seconds: secondsBetween(known.startedAt, end) } : {}),
    ...(known?.output === undefined ? {} : { output: known.output }),
    ...(known?.grounds === undefined ? {} : { grounds: known.grounds }),
    ...(progress.status === 'waiting' ? waitingResult(progress.waitsFor) : {}),
    ...(known?.looked && isUnderWay(progress.status) ? { looks: known.looked } : {}),
    ...(progress.status === 'running' && known?.heldUntil ? { held_until: known.heldUntil } : {}),
    ...(error ? { error } : {}),
  };
}

const isUnderWay = (status: StepResult['status']): boolean => status === 'running' || status === 'waiting';

function waitingResult(waitsFor: WaitsFor) {
  const { kind } = waitsFor;
  if (kind === 'approval') return { waits_for: kind, preview: waitsFor.preview };
  if (kind === 'decision') return { waits_for: kind, error: waitsFor.why };
  if (kind === 'confirmation') return { waits_for: kind, confirmation: { role: waitsFor.role, until: waitsFor.until } };
  const { instruction, doneWhen } = waitsFor;
  return { waits_for: kind, task: { instruction, ...(doneWhen === undefined ? {} : { done_when: doneWhen }) } };
}

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** Errors of the run as a whole, or that a person must know by their name. */
const SAID_AS_IT_IS: ReadonlySet<string> = new Set(['OUTCOME_UNKNOWN', 'OBLIGATION_OPEN', 'RUN_LATE']);

function errorOf(state: RunState, events: readonly JournalEvent[]): RunError | undefined {
  if (state.status === 'failed') return state.error;
  if (state.status === 'canceled') return canceledBecause(state, events);
  if (state.status !== 'paused') return undefined;
  const why = events.findLast((event) => event.type === 'run.paused')?.why ?? 'interrupted';
  const because = why === 'interrupted' ? undefined : pausedBecause(state);
  if (because && SAID_AS_IT_IS.has(because.code)) return because;
  if (!because)
    return {
      code: 'RUN_PAUSED',
      message: `the run is paused: ${why}`,
      hint: `Go on with: lifeboat recover --resume ${state.id}`,
    };
  return {
    code: 'RUN_PAUSED',
    message: `the run is paused: ${because.message}`,
    hint: [because.hint, frozenHint(state)].filter((text) => text !== undefined).join(' '),
    because,
  };
}

/** Of the first step that waits for a decision, as `because` is. */
function frozenHint(state: RunState): string | undefined {
  const asking = [...state.steps.values()].find(
    ({ progress }) => progress.status === 'waiting' && progress.waitsFor.kind === 'decision',
  );
  return asking && frozenInputsHint(state, asking.id);
}

function canceledBecause(state: RunState, events: readonly JournalEvent[]): ErrorRecord {
  const event = events.find((candidate) => candidate.type === 'run.canceled');
  return {
    code: 'RUN_CANCELED',
    message: `the run was canceled by ${event?.by}: ${event?.reason}`,
    hint: `What it did until then stands in: lifeboat status ${state.id}`,
  };
}
