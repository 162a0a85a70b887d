import type { Json } from '../lib/json.ts';
import { withEntry } from '../lib/versioned-map.ts';
import { isImpactAssumed } from '../model/detection.ts';
import { KnownError } from '../model/errors.ts';
import type { RunEvent } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import type { StepRun } from './run-step.ts';
import { scopeOf } from './scope.ts';

type Finding = Pick<StepRun, 'scenario' | 'step' | 'log' | 'ports'>;

/** When the damage was done and when it was noticed, as soon as the step that finds it has ended. What a person said is not overruled. */
export function momentEvents(found: Finding, output: Json): readonly RunEvent[] {
  const { scenario, step, log } = found;
  const state = log.state();
  const source = `found by the step ${step.id}`;
  const impactAt =
    state.origin.impactAt === undefined && isImpactAssumed(state)
      ? momentFrom(scenario.impact, found, output)
      : undefined;
  const detectedAt = state.detectedAt === undefined ? momentFrom(scenario.detected, found, output) : undefined;
  const known = impactAt ?? (isImpactAssumed(state) ? undefined : state.impactAt);
  return [
    ...(impactAt === undefined ? [] : [{ type: 'run.impact', impactAt, source } as const]),
    ...(detectedAt !== undefined && isInOrder(detectedAt, known, found)
      ? [{ type: 'run.detected', detectedAt, source } as const]
      : []),
  ];
}

/** A moment that cannot be true must not stop a recovery; it is told, and not taken. */
function isInOrder(detectedAt: string, impactAt: string | undefined, { step, ports }: Finding): boolean {
  const wrong = (why: string): false => {
    const line = `it found that the damage was noticed at ${detectedAt}, which ${why}: not taken`;
    ports.watch({ kind: 'output', step: step.id, line });
    return false;
  };
  if (Date.parse(detectedAt) > ports.clock.now().getTime()) return wrong('is in the future');
  if (impactAt !== undefined && Date.parse(detectedAt) < Date.parse(impactAt))
    return wrong(`is before the damage at ${impactAt}`);
  return true;
}

/** Undefined while what the expression needs is not there yet, and where it gives no moment. */
function momentFrom(text: string | undefined, { step, log, ports }: Finding, output: Json): string | undefined {
  if (text === undefined) return undefined;
  try {
    const found = ports.expressions.resolve(text, scopeOf(withOutput(log.state(), step.id, output)));
    return typeof found === 'string' && !Number.isNaN(Date.parse(found)) ? new Date(found).toISOString() : undefined;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PLAN_INVALID') return undefined;
    throw error;
  }
}

/** The state as it will be once the step's success is kept. */
function withOutput(state: RunState, id: string, output: Json): RunState {
  const step = state.steps.get(id) ?? {
    id,
    progress: { status: 'queued' },
    attempts: 0,
    retries: 0,
    notes: [],
    approvals: [],
  };
  const progress = { status: 'succeeded', how: 'ran', output, proofs: [], finishedAt: '' } as const;
  return { ...state, steps: withEntry(state.steps, id, { ...step, output, progress }) };
}
