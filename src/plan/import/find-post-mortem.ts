import { allSections, type Block, type ListBlock, plain, type Section } from './blocks.ts';
import type { Lines } from './lines.ts';
import { durationIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { roleOf } from './roles.ts';
import { topicOf } from './topics.ts';

type Part = 'attendees' | 'agenda' | 'rules';

const PARTS: readonly (readonly [Part, RegExp])[] = [
  ['attendees', /attend|participants|invite/i],
  ['agenda', /agenda/i],
  ['rules', /^(ground )?rules|principles|process|guidelines|lessons learned|culture|follow-?up/i],
];

/** How one learns from an incident: within which time, who comes, what is spoken of, and what the report must say. */
export function findPostMortem(reading: Reading): void {
  const visit = (section: Section): void => {
    if (topicOf(section) === 'post-mortem') return void readAll(reading, section);
    for (const child of section.sections) visit(child);
  };
  visit(reading.root);
}

function readAll(reading: Reading, section: Section): void {
  const { draft } = reading;
  for (const inner of allSections(section)) {
    let part = PARTS.find(([, words]) => words.test(inner.title))?.[0];
    for (const block of inner.blocks) {
      readWithin(reading, block);
      const label = block.kind === 'text' && /^\W*\*\*[^*]+\*\*\W*$/.test(block.text) ? plain(block.text) : undefined;
      const named = label === undefined ? undefined : PARTS.find(([, words]) => words.test(label))?.[0];
      if (label !== undefined) part = named;
      if (named) reading.frame(block.lines);
      if (block.kind === 'list' && part) readList(reading, block, part);
      if (block.kind === 'code' && !/^(bash|sh|sql)$/.test(block.language))
        readFields(reading, block.text, block.lines);
    }
    if (/template/i.test(section.title) && inner !== section)
      draft.add(['post_mortem', 'fields'], inner.title, inner.lines);
  }
  if (draft.read(['post_mortem']) && !draft.read(['post_mortem', 'within']))
    reading.ask('How soon after an incident is it looked back on? The document does not say.', section.lines);
}

/** `within 48 hours`, in a line or an item. */
function readWithin({ draft }: Reading, block: Block): void {
  const texts = block.kind === 'list' ? block.items.flatMap(({ blocks }) => blocks) : [block];
  for (const text of texts) {
    if (text.kind !== 'text') continue;
    const within = durationIn(/\bwithin\s+(.{1,20})/i.exec(plain(text.text))?.[1] ?? '');
    if (within !== undefined && !draft.read(['post_mortem', 'within']))
      draft.put(['post_mortem', 'within'], within, text.lines);
  }
}

function readList(reading: Reading, list: ListBlock, part: Part): void {
  for (const { blocks, lines } of list.items) {
    const [first] = blocks;
    const text = first?.kind === 'text' ? plain(first.text) : '';
    if (text !== '' && keepItem(reading, part, text, lines) && blocks.length === 1) reading.use(lines);
  }
}

function keepItem(reading: Reading, part: Part, text: string, lines: Lines): boolean {
  const { draft } = reading;
  const list = ['post_mortem', part];
  if (part === 'rules') {
    draft.add(list, text, lines);
    return true;
  }
  if (part === 'attendees') {
    if (text.length > 50) return false;
    draft.add(list, roleOf(reading, text, lines), lines);
    return !/\(/.test(text);
  }
  const [, topic = '', time = ''] = /^(.+?)\s*[([–-]\s*([^)\]]*\d[^)\]]*)[)\]]?$/.exec(text) ?? [];
  const takes = durationIn(time);
  if (takes === undefined) return false;
  const at = [...list, draft.count(list)];
  draft.put([...at, 'topic'], topic, lines);
  return draft.put([...at, 'takes'], takes, lines);
}

/** What a report must say: the headings and bold keys of its template. */
function readFields({ draft }: Reading, template: string, block: Lines): void {
  for (const [index, line] of template.split('\n').entries()) {
    const [, heading] = /^#{1,6}\s+(.+)$/.exec(line) ?? [];
    const [, key] = /^\s*[-*]?\s*\*\*([^*:]{2,40}):?\*\*/.exec(line) ?? [];
    const at = { first: block.first + 1 + index, last: block.first + 1 + index };
    const name = heading ?? key;
    if (name !== undefined) draft.add(['post_mortem', 'fields'], plain(name), at);
  }
}
