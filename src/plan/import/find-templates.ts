import type { CodeBlock, Section } from './blocks.ts';
import { severityName } from './find-severities.ts';
import { durationIn, withinIn } from './read-values.ts';
import { nameFor, type Reading } from './reading.ts';
import { topicOf } from './topics.ts';

/** Blocks of text below a heading about communication are messages ready to be sent; those of a post-mortem are forms. */
export function findTemplates(reading: Reading): void {
  const visit = (section: Section, above: readonly Section[]): void => {
    const path = [...above, section];
    if (path.some((one) => topicOf(one) === 'post-mortem')) return;
    const isAbout = topicOf(section) === 'communication' || /template|message|announcement/i.test(section.title);
    for (const block of isAbout ? section.blocks : [])
      if (block.kind === 'code' && IS_TEXT.test(block.language) && !reading.isUsed(block.lines))
        keep(reading, section, block);
    for (const child of section.sections) visit(child, path);
  };
  visit(reading.root, []);
}

const IS_TEXT = /^(|text|txt|markdown|md|plain\w*)$/;

const STATUS = /^\W*status\W*\s*(investigating|identified|monitoring|resolved)\b/im;

function keep({ draft, use, ask }: Reading, { title, lines }: Section, { text, lines: at }: CodeBlock): void {
  const place = ['templates', nameFor(title, draft.keys(['templates']))];
  draft.put([...place, 'text'], text, at);
  const [, subject] = /^subject:\s*(.+)$/im.exec(text) ?? [];
  if (subject !== undefined) draft.put([...place, 'subject'], subject, at);
  const [, status] = STATUS.exec(text) ?? [];
  if (status !== undefined) draft.put([...place, 'status'], status.toLowerCase(), at);
  const severity = severityName(title);
  if (severity !== undefined && draft.read(['severities', severity]))
    draft.add([...place, 'severities'], severity, lines);
  const [, span] = /\b(within [^)]+|immediate\w*)/i.exec(title) ?? [];
  const within = span === undefined ? undefined : withinIn(span);
  if (within !== undefined) draft.put([...place, 'within'], within, lines);
  const [, next] = /next update\W+(?:in|within)\s+(\d+ ?\w+)/i.exec(text) ?? [];
  const update = next === undefined ? undefined : durationIn(next);
  if (update !== undefined) draft.put([...place, 'next_update'], update, at);
  const open = [...text.matchAll(/(?<!\{)[[<]([A-Za-z][\w /-]{1,40})[\]>](?!\()/g)].map(([, name]) => name as string);
  for (const [, variable] of text.matchAll(/\{\{\s*([A-Za-z][\w .-]{0,40}?)\s*\}\}/g))
    draft.add([...place, 'variables'], variable as string, at);
  for (const variable of open) draft.add([...place, 'variables'], variable, at);
  if (open.length > 0)
    ask(
      `The template "${title}" leaves places open: ${open.join(', ')}. The plan language writes them as {{name}}.`,
      at,
    );
  use(at);
}
