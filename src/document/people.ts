import type { Plan } from '../model/plan.ts';
import { type Inline, joined, type Line, link, soft } from './document.ts';
import { anchors } from './subject.ts';

/** A role by its title, as a link to where its people stand. */
export const roleLink = ({ roles }: Plan, name: string): Inline => link(roles[name]?.title ?? name, anchors.role(name));

/** A role with its people and their numbers, the first to be called first. */
export function roleWithPeople(plan: Plan, name: string): Line {
  const people = reachable(plan, name);
  return [roleLink(plan, name), ...(people.length === 0 ? [] : [': ', ...joined(people, ', then ')])];
}

/** A role with the names of its people: for where the numbers stand near by. */
export function roleWithNames(plan: Plan, name: string): Line {
  const names = (plan.roles[name]?.people ?? []).map((one) => plan.people[one]?.name ?? one);
  return [roleLink(plan, name), ...(names.length === 0 ? [] : [` (${names.join(', ')})`])];
}

/** The people first, because they are called; what they are in brackets. */
export function peopleOfRole(plan: Plan, name: string): Line {
  const people = reachable(plan, name);
  return people.length === 0 ? [roleLink(plan, name)] : [...joined(people, ', then '), ' (', roleLink(plan, name), ')'];
}

/** The people of a role with a number each; of a firm, how it is reached. */
export function reachable(plan: Plan, name: string): readonly Line[] {
  const role = plan.roles[name];
  const vendor = role?.vendor === undefined ? undefined : plan.vendors[role.vendor];
  return [...(role?.people ?? []).map((one) => personLine(plan, one)), ...(vendor ? [vendorLine(vendor)] : [])];
}

function personLine({ people }: Plan, name: string): Line {
  const person = people[name];
  if (!person) return [name];
  if (person.phone !== undefined) return [`${person.name} `, { kind: 'phone', number: person.phone }];
  if (person.email !== undefined) return [`${person.name} `, { kind: 'mail', address: person.email }];
  return [person.name, soft(' (no number is given)')];
}

const vendorLine = ({ title, contact }: Plan['vendors'][string]): Line =>
  contact === undefined ? [title] : [`${title}: `, ...contactLine(contact)];

/** What stands in a sentence and can be dialled or opened, is. */
const REACHABLE = /(https?:\/\/[^\s<>"'`\\]*[^\s<>"'`\\.,;:)]|\+\d[\d\s().-]{5,}\d)/;

/** How to reach somebody, as the plan words it, with its numbers to be dialled and its addresses to be opened. */
export const contactLine = (contact: string): Line =>
  contact.split(REACHABLE).flatMap((part, index): Line => {
    if (index % 2 === 0) return part === '' ? [] : [part];
    return [part.startsWith('+') ? { kind: 'phone', number: part } : { kind: 'web', address: part }];
  });

/** Several roles, without their people. */
export const rolesLine = (plan: Plan, names: readonly string[]): Line =>
  joined(names.map((name) => [roleLink(plan, name)]));
