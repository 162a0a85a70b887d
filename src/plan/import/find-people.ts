import type { Block } from './blocks.ts';
import { readContacts } from './contact-lists.ts';
import { readContactTable } from './contact-tables.ts';
import { readLadder } from './find-escalation.ts';
import type { Reading } from './reading.ts';
import { roleOf } from './roles.ts';
import { tablesOf } from './tables.ts';
import { topicOf } from './topics.ts';

/** Who can be asked, and who is called when nothing gets better. */
export function findPeople(reading: Reading): void {
  const visit = (section: (typeof reading)['root'], inside: boolean): void => {
    const topic = topicOf(section);
    const contacts = topic === 'contacts' || (inside && topic === undefined);
    if (topic === 'escalation') readLadder(reading, section);
    if (contacts || topic === 'escalation') readContacts(reading, section);
    if (contacts || topic === 'communication') for (const block of section.blocks) readTree(reading, block);
    if (topic !== 'escalation' || !section.blocks.some(({ kind }) => kind === 'list'))
      for (const table of tablesOf(section)) readContactTable(reading, table, contacts);
    for (const child of section.sections) visit(child, contacts);
  };
  visit(reading.root, false);
}

/** A contact tree drawn with lines: each role reports to the nearest one above that stands further left. */
function readTree(reading: Reading, block: Block): void {
  if ((block.kind !== 'code' && block.kind !== 'text') || !/[├└]/.test(block.text)) return;
  const above: { depth: number; role: string }[] = [];
  let told = true;
  for (const [index, line] of block.text.split('\n').entries()) {
    const [, drawn = '', title = ''] = /^([\s│├└─|+`-]*)(.*?)\s*$/.exec(line) ?? [];
    if (title === '') continue;
    if (title.length > 60) {
      told = false;
      continue;
    }
    const at = block.lines.first + index + (block.kind === 'code' ? 1 : 0);
    const lines = { first: at, last: at };
    while ((above.at(-1)?.depth ?? -1) >= drawn.length) above.pop();
    const role = roleOf(reading, title, lines);
    const boss = above.at(-1)?.role;
    if (boss !== undefined && boss !== role) reading.draft.put(['roles', role, 'reports_to'], boss, lines);
    above.push({ depth: drawn.length, role });
  }
  if (told) reading.frame(block.lines);
}
