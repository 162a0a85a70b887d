import { isJsonObject, type Json } from '../lib/json.ts';
import type { RunOrigin, WaitsFor } from './run.ts';

/** What is asked of people before a step may run. */
export type AskedApproval = Pick<
  WaitsFor & { readonly kind: 'approval' },
  'role' | 'count' | 'hash' | 'notBy' | 'drivers'
>;

/** A yes, as it is kept at a step. */
export interface Approval {
  readonly by: string;
  readonly at: string;
  readonly hash: string;
  readonly reason?: string;
  readonly breakGlass?: string;
  readonly signature?: string;
  /** It came as a code that is not what the key of this person signs: it does not count. */
  readonly forged?: true;
  /** He drove the run when he said it. */
  readonly byDriver?: true;
}

interface Known {
  readonly approvals: readonly Approval[];
  readonly escalated?: { readonly hash: string; readonly roles: readonly string[] };
}

/** Where a step stands, as far as it says who may say something. */
interface Standing {
  readonly progress: { readonly status: string; readonly waitsFor?: WaitsFor };
  readonly input?: Json;
}

/** The people of a role, by the plan as it was frozen into the run. */
export function peopleOf(origin: Pick<RunOrigin, 'plan'>, role: string): readonly string[] {
  const people = member(member(origin.plan.roles, role), 'people');
  return Array.isArray(people) ? people.filter((one) => typeof one === 'string') : [];
}

/** Whether the plan knows somebody by this name: breaking the glass is for them alone. */
export const isPerson = ({ plan }: Pick<RunOrigin, 'plan'>, name: string): boolean =>
  member(plan.people, name) !== undefined;

function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The role that is asked, and those that were added because nobody answered. */
export function rolesAsked({ role, hash }: AskedApproval, steps: readonly Known[]): readonly string[] {
  const also = steps.flatMap(({ escalated }) => (escalated?.hash === hash ? escalated.roles : []));
  return [...new Set([role, ...also])];
}

/** Who may say yes in these roles: never whoever began the run or has taken it up. */
export function approversFor(
  asked: Pick<AskedApproval, 'notBy' | 'drivers'>,
  roles: readonly string[],
  origin: RunOrigin,
): readonly string[] {
  const people = roles.flatMap((role) => peopleOf(origin, role));
  return [...new Set(people)].filter((one) => !drives(asked, one));
}

/** Whether somebody began the run or has taken it up. */
export const drives = ({ notBy, drivers }: Pick<AskedApproval, 'notBy' | 'drivers'>, one: string): boolean =>
  one === notBy || drivers?.includes(one) === true;

/** Nobody says yes to what he carries out himself: whoever began a run, and whoever has taken it up since. */
export const notFor = ({ createdBy, drivers }: Driven): Required<Pick<AskedApproval, 'notBy' | 'drivers'>> => ({
  notBy: createdBy,
  drivers,
});

interface Driven {
  readonly createdBy: string;
  readonly drivers: readonly string[];
}

/** Who said a yes that counts: different people of the roles that are asked. Whoever breaks the glass is enough alone. */
export function countedApprovals(asked: AskedApproval, steps: readonly Known[], origin: RunOrigin): readonly string[] {
  const said = steps.flatMap(({ approvals }) => approvals).filter(({ hash }) => hash === asked.hash);
  // A yes from before somebody took the run up himself was another person's, and stays.
  const may = approversFor({ ...asked, drivers: [] }, rolesAsked(asked, steps), origin);
  const isLegacy = asked.notBy === undefined;
  const counts = (one: Approval): boolean => {
    if (one.forged) return false;
    if (one.byDriver && one.breakGlass === undefined && asked.drivers !== undefined) return false;
    return one.breakGlass === undefined ? isLegacy || may.includes(one.by) : isPerson(origin, one.by);
  };
  return [...new Set(said.filter(counts).map(({ by }) => by))];
}

/** How many more people must say yes. */
export function missingApprovals(asked: AskedApproval, steps: readonly Known[], origin: RunOrigin): number {
  const broken = steps
    .flatMap(({ approvals }) => approvals)
    .some((one) => one.hash === asked.hash && one.breakGlass !== undefined && isPerson(origin, one.by));
  return broken ? 0 : Math.max(0, asked.count - countedApprovals(asked, steps, origin).length);
}

/** Who may answer a task; undefined when anybody may. */
export function answerersFor(step: Standing, origin: RunOrigin): readonly string[] | undefined {
  const { progress } = step;
  const asked = progress.waitsFor?.kind === 'task' ? progress.waitsFor.role : undefined;
  const role = asked ?? roleIn(step.input);
  const people = role === undefined ? [] : peopleOf(origin, role);
  return people.length === 0 ? undefined : people;
}

const roleIn = (input: Json | undefined): string | undefined => {
  const role = member(input, 'role');
  return typeof role === 'string' ? role : undefined;
};

/** Whether a word about a task is one of somebody who was asked. */
export function mayAnswer(
  step: Standing,
  { by, breakGlass }: { readonly by: string; readonly breakGlass?: string },
  origin: RunOrigin,
): boolean {
  const people = answerersFor(step, origin);
  if (people === undefined || people.includes(by)) return true;
  return breakGlass !== undefined && isPerson(origin, by);
}

/** Whether the input of a step may still be changed: it has not begun, or waits for a word of a person before it does. */
export function editable({ progress }: Standing): boolean {
  if (progress.status === 'queued') return true;
  const asked = progress.waitsFor?.kind;
  return asked === 'approval' || asked === 'decision';
}
