import { approvalSubject, partSubject, scopeFor } from '../engine/scope.ts';
import type { Json } from '../lib/json.ts';
import { subjectHash } from '../model/approval-code.ts';
import { notFor } from '../model/approvals.ts';
import { asEdited, stepsAsEdited } from '../model/edited.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import { type RunStep, scenarioOfRun } from '../model/run-scenario.ts';
import type { RunState } from '../model/run-state.ts';
import { whereOf } from '../model/where.ts';
import type { Asked } from './approvers.ts';
import { askedNow, isProtected } from './approvers.ts';
import { waitingStep } from './find-run.ts';
import { isOver } from './resume.ts';
import type { Services } from './services.ts';

/** What a step waits to be approved for; or what it will ask, where that is known before it does. */
export function askedAt(state: RunState, id: string, services: Services): Asked {
  const step = scenarioOfRun(state).steps.find((one) => one.id === id);
  const status = state.steps.get(id)?.progress.status ?? 'queued';
  const isEarly = step?.approve !== undefined && status === 'queued' && !isOver(state.status);
  if (isEarly) return earlyQuestion(state, step, services);
  const { waitsFor } = waitingStep(state, id, 'approval');
  // Between an edit and the next asking the question that stands is about something that will not be done.
  const isEdited = [...state.steps.values()].some(({ edited }) => edited !== undefined);
  if (isEdited) subjectOf(state, id, waitsFor, services);
  return askedNow(waitsFor, state);
}

function earlyQuestion(state: RunState, written: RunStep, services: Services): Asked {
  const step = asEdited(written, state);
  const input = resolvedEarly(state, step, services);
  const { role, count } = step.approve as NonNullable<RunStep['approve']>;
  const action = services.actions.get(step.uses);
  const parsed = action?.input.safeParse(input);
  const preview = action && parsed?.success ? action.preview(parsed.data, { state: 'absent' }) : undefined;
  return {
    kind: 'approval',
    role,
    count,
    hash: subjectHash(approvalSubject(step, input)),
    preview: preview ?? { danger: action?.danger ?? 'destroy', changes: [] },
    ...notFor(state),
    where: whereOf(input, state.origin),
  };
}

/** Of a step for each of several items the yes is to the items. */
function resolvedEarly(state: RunState, step: RunStep, services: Services): Json {
  try {
    return services.expressions.resolve((step.for_each ?? step.with) as Json, scopeFor(state, step));
  } catch (error) {
    throw new KnownError(
      'USAGE',
      `what ${step.id} will do is not known yet: ${errorRecord(error).message}`,
      `Approve it when it waits. See: lifeboat next ${state.id}`,
      error,
    );
  }
}

/** Exactly what the hash of a question is made of: a step with its input, or the steps of a procedure. */
export function subjectOf(state: RunState, id: string, { hash }: Pick<Asked, 'hash'>, services: Services): Json {
  const scenario = scenarioOfRun(state);
  const all = stepsAsEdited(scenario, state);
  const step = all.find((one) => one.id === id);
  const subjects = step
    ? [
        ...(step.parts ?? []).map((part) => partSubject(all, part.id)),
        approvalSubject(step, resolvedEarly(state, step, services)),
      ]
    : [];
  const found = subjects.find((subject) => subjectHash(subject) === hash);
  if (found !== undefined) return found;
  throw new KnownError(
    'USAGE',
    `what ${id} waits for has changed since it was asked`,
    `It is asked anew in a moment. See: lifeboat next ${state.id}`,
  );
}

/** Throws USAGE until the environment is named, where a yes destroys something of a protected one. */
export function requireEnvironment(state: RunState, { preview }: Asked, { chosen }: Services): void {
  const { environment } = state.origin;
  if (preview.danger !== 'destroy' || !isProtected(state) || chosen.environment === environment) return;
  throw new KnownError(
    'USAGE',
    `this step destroys something in ${environment}, which is protected`,
    `Read what it will do, then repeat with: --environment ${environment}`,
  );
}
