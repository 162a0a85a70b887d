import { approversFor, drives, notFor, peopleOf, rolesAsked } from '../model/approvals.ts';
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

function nobodyIn({ origin }: RunState, role: string, asked: Asked): string {
  const driving = peopleOf(origin, role).filter((one) => drives(asked, one));
  if (driving.length === 0) return 'nobody';
  return `only ${driving.map((one) => `${one}, who ${didWhat(asked, one)}`).join(' and ')}: --break-glass`;
}

const didWhat = ({ notBy }: Asked, one: string): string => (one === notBy ? 'began this run' : 'took this run up');

/** The question with all who have taken the run up since it was asked: the one who takes it up next asks it anew. */
export const askedNow = (asked: Asked, state: RunState): Asked =>
  asked.notBy === undefined ? asked : { ...asked, ...notFor(state) };

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
  if (drives(asked, by) && peopleOf(state.origin, asked.role).includes(by))
    throw new KnownError(
      'USAGE',
      `${by} ${didWhat(asked, by)}, so the yes must come from somebody else`,
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
