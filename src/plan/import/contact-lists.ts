import { plain, type Section } from './blocks.ts';
import { spanOf } from './lines.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { isOpenPlace, type Reading } from './reading.ts';
import { EMAIL, isOnCall, isVendor, keepPerson, keepVendor, PHONE, roleOf } from './roles.ts';

const NO_ROLE =
  /^(level|tier|note|url|console|hours?|e-?mail|phone|slack|pagerduty|teams|status|address|link|support (level|plan|tier)|account|severity|response|website|portal|dashboard|documentation|region|wiki|repository|\d)|\b(account|documentation|docs|dashboard|wiki|url|page|console|region|repository|channel|runbook|grafana|hotline|bridge)\b/i;

/** `Role: name (how to reach)` in lists and lines of a section about contacts. */
export function readContacts(reading: Reading, section: Section): void {
  const pairs = section.blocks.filter(({ kind }) => kind !== 'table').flatMap(pairsIn);
  if (isVendor(section.title) && !/links|contacts|numbers|contracts|information|vendors|suppliers/i.test(section.title))
    return void readFirm(reading, section, pairs);
  for (const pair of pairs) {
    if (pair.value === '' || pair.key.length > 40) continue;
    if (isVendor(pair.key)) readVendor(reading, pair);
    else if (!NO_ROLE.test(pair.key)) readRole(reading, pair, section);
  }
}

/** A heading of its own for a firm: `### AWS Support`. */
function readFirm(reading: Reading, { title, lines }: Section, pairs: readonly Pair[]): void {
  const of = (words: RegExp) => pairs.filter(({ key, value }) => words.test(key) && value !== '');
  const contract = of(/level|plan|contract|tier|sla/i)[0];
  const contact = of(/phone|console|url|portal|contact|e-?mail|support|website/i).filter(
    (pair) => pair !== contract && !isOpenPlace(plain(pair.value)),
  );
  const text = contact.map(({ value }) => plain(value)).join(', ');
  const [first] = contact;
  if (pairs.length === 0) return;
  const reach = first && { text, lines: contact.map((pair) => pair.lines).reduce(spanOf) };
  keepVendor(reading, title, lines, reach, contract && { text: plain(contract.value), lines: contract.lines });
  reading.use(lines);
  for (const pair of [...contact, ...(contract ? [contract] : [])]) if (pair.whole) reading.use(pair.lines);
}

function readVendor(reading: Reading, { key, value, lines, whole }: Pair): void {
  const text = plain(value);
  const reach = EMAIL.exec(text)?.[0] ?? PHONE.exec(text)?.[0] ?? /https?:\/\/\S+/.exec(text)?.[0];
  const rest = text.replace(reach ?? '', '').replaceAll(/^[\s,;()–-]+|[\s,;()–-]+$/g, '');
  const contact = reach ?? (isOpenPlace(text) ? text : undefined);
  const contract = rest === '' || isOpenPlace(text) ? undefined : { text: rest, lines };
  const kept = keepVendor(reading, key, lines, contact === undefined ? undefined : { text: contact, lines }, contract);
  if (kept && whole) reading.use(lines);
}

function readRole(reading: Reading, { key, value, lines, whole }: Pair, section: Section): void {
  const text = plain(value);
  const title =
    /^(primary|secondary|backup|tertiary)$/i.test(key) && /on-?call/i.test(section.title)
      ? `On-call ${key.toLowerCase()}`
      : key;
  const role = roleOf(reading, title, lines);
  if (isOpenPlace(text)) return void reading.ask(`Who is "${title}"? The document has only: ${text}`, lines);
  if (isOnCall(text)) {
    reading.draft.put(['roles', role, 'on_call'], true, lines);
    if (whole) reading.use(lines);
    return;
  }
  const [name = ''] = /^[\p{Lu}][\p{L}.'-]+(?: [\p{Lu}][\p{L}.'-]+){1,3}(?=$|\s*[(,–<-])/u.exec(text) ?? [];
  const isReach = EMAIL.test(text) || PHONE.test(text);
  if (name === '' && !isReach) return;
  const kept = keepPerson(
    reading,
    role,
    name === '' ? title : name,
    { email: undefined, phone: undefined, contact: text },
    lines,
  );
  if (whole && (kept || text === name || isNameAndReach(text, name))) reading.use(lines);
}

/** `Robin Example (robin@example.com)`, and no more. */
const isNameAndReach = (text: string, name: string): boolean =>
  /^[\s(),<>–:-]*$/.test(text.replace(name, '').replace(EMAIL, '').replace(PHONE, ''));
