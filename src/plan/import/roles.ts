import { plain } from './blocks.ts';
import type { Lines } from './lines.ts';
import { isOpenPlace, nameFor, type Reading, slug } from './reading.ts';

/** The role of that title, made when it is new. */
export function roleOf({ draft }: Reading, written: string, from: Lines): string {
  const title = plain(written)
    .replace(/\s*\((?:if|when|for|optional|as)\b[^)]*\)$/i, '')
    .replace(/^(the|our) /i, '');
  const same = draft.keys(['roles']).find((name) => name === slug(title));
  if (same !== undefined) return same;
  const name = nameFor(title, draft.keys(['roles']));
  draft.put(['roles', name, 'title'], title, from);
  return name;
}

const INSIDE = /customer|user|application|internal|help ?desk|tier|level|l\d|on-?call|engineer|lead|manager|team/i;

/** Outside firms: `AWS Support`, `Database consultants`, not the people who support customers. */
export const isVendor = (title: string): boolean =>
  /\b(support|vendors?|consultants?|consultancy|carrier|isp|registrar|hosting provider|cloud provider|insurance|insurer|supplier|contractor)\b/i.test(
    title,
  ) && !INSIDE.test(title.replace(/support team/i, 'support'));

interface SaidOfFirm {
  readonly text: string;
  readonly lines: Lines;
}

/** Keeps what is said of an outside firm. True when all of it is in the draft. */
export function keepVendor(
  reading: Reading,
  title: string,
  lines: Lines,
  contact?: SaidOfFirm,
  contract?: SaidOfFirm,
): boolean {
  const at = ['vendors', slug(title)];
  reading.draft.put([...at, 'title'], title, lines);
  const open = [contact, contract].find((said) => said !== undefined && isOpenPlace(said.text));
  if (open) reading.ask(`How is "${title}" reached? The document has only: ${open.text}`, open.lines);
  const put = (field: string, said: SaidOfFirm | undefined) =>
    said === undefined || (!isOpenPlace(said.text) && reading.draft.put([...at, field], said.text, said.lines));
  return [put('contact', contact), put('contract', contract)].every(Boolean);
}

export const EMAIL = /[\w.+-]+@[\w-]+(\.[\w-]+)+/;
export const PHONE = /\+?\d[\d\s().-]{6,}\d/;
export const PERSON = /^\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]+){1,3}$/u;

/** `On-call`, `see PagerDuty schedule`: whoever has the duty is reachable, whatever the name. */
export const isOnCall = (text: string): boolean =>
  /^\W*(on-?call|rotation|current on-?call)\W*$|\b(schedule|rotation|rota|roster)\b|^see pagerduty/i.test(text);

export interface Reach {
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly contact: string | undefined;
}

/** Keeps a person with the ways to reach them. True when all of it is in the draft. */
export function keepPerson(
  { draft }: Reading,
  role: string,
  name: string,
  { email, phone, contact }: Reach,
  lines: Lines,
): boolean {
  const person = slug(name);
  draft.put(['people', person, 'name'], name, lines);
  draft.add(['roles', role, 'people'], person, lines);
  const [mail, call] = [email ?? EMAIL.exec(contact ?? '')?.[0], phone ?? PHONE.exec(contact ?? '')?.[0]];
  if (mail !== undefined && !isOpenPlace(mail)) draft.put(['people', person, 'email'], mail, lines);
  if (call !== undefined && !isOpenPlace(call)) draft.put(['people', person, 'phone'], call, lines);
  const open = [mail, call].some((value) => value !== undefined && isOpenPlace(value));
  return !open && (contact === undefined || contact === mail || contact === call);
}
