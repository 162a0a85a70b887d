import { approversFor, peopleOf, rolesAsked } from '../model/approvals.ts';
import { KnownError } from '../model/errors.ts';
import { Plan } from '../model/plan.ts';
import type { WaitsFor } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';

/** An approval as it is asked for at a step. */
export type Asked = WaitsFor & { readonly kind: 'approval' };

/** Who may say yes now: people of the role that is asked, and of those that were added later. */
export function approversNow(state: RunState, step: string, asked: Asked, now?: Date): readonly string[] {
  return approversFor(asked, rolesNow(state, step, asked, now), state.origin);
}

/** With the moment of looking, also roles whose turn has come while nobody drives the run. */
function rolesNow(state: RunState, step: string, asked: Asked, now?: Date): readonly string[] {
  const known = state.steps.get(step);
  const due = (asked.escalate ?? []).filter(({ at }) => now !== undefined && Date.parse(at) <= now.getTime());
  return [...new Set([...rolesAsked(asked, known ? [known] : []), ...due.map(({ role }) => role)])];
}

/** `commander (bob), now also: cto (grace)`; or that nobody is left who may. */
export function whoMay(state: RunState, step: string, asked: Asked): string {
  const [first, ...also] = rolesNow(state, step, asked).map((role) => {
    const people = approversFor(asked, [role], state.origin);
    return `${role} (${people.length > 0 ? people.join(', ') : nobodyIn(state, role, asked)})`;
  });
  return also.length === 0 ? `${first}` : `${first}, now also: ${also.join(', ')}`;
}

const nobodyIn = (state: RunState, role: string, { notBy }: Asked): string =>
  notBy !== undefined && peopleOf(state.origin, role).includes(notBy)
    ? `only ${notBy}, who began the run: --break-glass`
    : 'nobody';

/** Whether nobody is left who may say yes, now or later, so that only breaking the glass helps. */
export function isLockedOut(state: RunState, step: string, asked: Asked): boolean {
  const later = (asked.escalate ?? []).map(({ role }) => role);
  return approversFor(asked, [...rolesNow(state, step, asked), ...later], state.origin).length === 0;
}

/** True when saying yes to this must be confirmed by naming the environment. */
export function asksForEnvironment(state: RunState, { preview }: { preview: { danger: string } }): boolean {
  return preview.danger === 'destroy' && isProtected(state);
}

export const isProtected = ({ origin }: Pick<RunState, 'origin'>): boolean =>
  Plan.parse(origin.plan).environments[origin.environment]?.protected !== false;

/** Throws USAGE, saying who may, and what to do when they cannot be reached. */
export function requireApprover(
  { state, step, asked, now }: { state: RunState; step: string; asked: Asked; now: Date },
  by: string,
): void {
  const people = approversNow(state, step, asked, now);
  if (people.includes(by)) return;
  const breaking = `lifeboat approve ${state.id} ${step} --break-glass "why"`;
  if (by === asked.notBy && peopleOf(state.origin, asked.role).includes(by))
    throw new KnownError(
      'USAGE',
      `${by} began this run, so the yes must come from somebody else`,
      people.length > 0
        ? `Ask ${people.join(' or ')}: --by NAME. When nobody can be reached: ${breaking}`
        : `Nobody else may approve it. To go on without: ${breaking}`,
    );
  const later = (asked.escalate ?? []).find(({ role }) => peopleOf(state.origin, role).includes(by));
  if (later)
    throw new KnownError(
      'USAGE',
      `the role ${later.role} may approve this step from ${later.at} on`,
      `Until then: ${people.join(', ') || 'nobody'}. When nobody can be reached: ${breaking}`,
    );
  throw new KnownError(
    'USAGE',
    `${by} is not in the role ${asked.role}, which approves this step`,
    people.length > 0
      ? `Say who approves with --by: ${people.join(', ')}`
      : `Nobody may approve it but by: ${breaking} --by NAME`,
  );
}
