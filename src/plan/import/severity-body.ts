import { type Block, type ListBlock, plain } from './blocks.ts';
import { type Lines, spanOf } from './lines.ts';
import { pairsIn } from './pairs.ts';
import { withinIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { roleOf } from './roles.ts';

type Part = 'meaning' | 'examples' | 'team' | 'news' | 'response';

const PARTS: readonly (readonly [Part, RegExp])[] = [
  ['response', /respon(se|d) ?(time|within)?$|^sla$/i],
  ['team', /team|responders|who is (called|paged)|involved|roles/i],
  ['news', /communicat|notif|updates?|stakeholders/i],
  ['examples', /^examples?|^includes|^e\.g/i],
  ['meaning', /definition|description|impact|criteria|meaning/i],
];

const partOf = (key: string): Part | undefined => PARTS.find(([, words]) => words.test(key))?.[0];

/** What stands below the title of a severity: what it means, examples, who is called, who is told and how often. */
export function readSeverityBody(reading: Reading, name: string, blocks: readonly Block[]): void {
  let part: Part | undefined;
  for (const block of blocks) {
    const label = block.kind === 'text' ? partOf(plain(block.text).replace(/:$/, '')) : undefined;
    if (label !== undefined && block.kind === 'text' && /:\W*$|^\W*\*\*[^*]+\*\*\W*$/.test(block.text)) {
      part = label;
      reading.frame(block.lines);
    } else if (block.kind === 'list') readList(reading, name, block, part);
    else
      for (const { key, value, lines, whole } of pairsIn(block))
        if (value !== '' && readOne(reading, name, partOf(key), plain(value), lines) && whole) reading.use(lines);
  }
}

function readList(reading: Reading, name: string, list: ListBlock, part: Part | undefined): void {
  const pairs = pairsIn(list);
  for (const { blocks, lines } of list.items) {
    const [first] = blocks;
    if (first?.kind !== 'text') continue;
    const pair = pairs.find((one) => one.lines.first === lines.first);
    const own = pair && pair.value !== '' ? partOf(pair.key) : undefined;
    const news =
      pair !== undefined &&
      pair.value !== '' &&
      (part === 'news' || /^(customers?|status ?page|executives?|internal|team)\b/i.test(pair.key));
    const told = news
      ? keepNews(reading, name, pair.key, plain(pair.value), lines)
      : own !== undefined && pair
        ? readOne(reading, name, own, plain(pair.value), lines)
        : readOne(reading, name, part ?? exampleIn(plain(first.text)), plain(first.text), lines);
    if (told && blocks.length === 1) reading.use(lines);
  }
}

/** Without a label a line is an example, unless it says what to do. */
const exampleIn = (text: string): Part | undefined =>
  /^(page|call|notify|on-?call|open|escalate|inform|all hands|assemble|immediate)/i.test(text) ? undefined : 'examples';

function readOne(reading: Reading, name: string, part: Part | undefined, text: string, lines: Lines): boolean {
  const { draft } = reading;
  const at = ['severities', name];
  switch (part) {
    case 'meaning': {
      const title = draft.read([...at, 'title']);
      if (title?.kind !== 'value' || String(title.value).includes(': ')) return false;
      title.value = `${title.value}: ${text}`;
      title.from = title.from ? spanOf(title.from, lines) : lines;
      return true;
    }
    case 'response': {
      const within = withinIn(text);
      return (
        within !== undefined &&
        within !== 'never' &&
        draft.put([...at, 'respond_within'], within, lines) &&
        /^\W*[\w<≤~ ]+$/.test(text)
      );
    }
    case 'team':
      for (const role of text.split(/\s*(?:,|;|\band\b)\s*/))
        if (role !== '' && role.length <= 50) draft.add([...at, 'team'], roleOf(reading, role, lines), lines);
      return !/\(/.test(text) && text.length <= 80;
    case 'examples':
      for (const example of text.split(/\s*;\s*|,\s+(?=[a-z ]{3,40}(?:,|$))/i))
        draft.add([...at, 'examples'], example, lines);
      return true;
    default:
      return false;
  }
}

/** `Customers: within 2 hours`, `Status page: every 30 minutes`. */
function keepNews({ draft }: Reading, name: string, key: string, text: string, lines: Lines): boolean {
  const within = withinIn(text.replace(/^(within|every)\s+(?=\d)/i, ''));
  if (within === undefined) return false;
  const kind = /^every\b/i.test(text) ? 'updates' : 'tell';
  return draft.put(['severities', name, kind, key.toLowerCase()], within, lines);
}
