import { dialled, isWeb, mailable, oneLine, visible } from '../lib/shown-text.ts';
import type { Block, Document, Inline, Item, Line, Piece, Section, StepEntry } from './document.ts';
import { CONTENTS } from './whole-links.ts';

/** The document as Markdown, as GitHub and others show it. Anchors are written out, because titles make unsure ones. */
export function writeMarkdown({ title, lead, first, sections }: Document): string {
  const blocks = [
    `# ${prose(title)}`,
    ...lead.map((block) => blockText(block)),
    ...sectionText(first, 2),
    `${anchor(CONTENTS)}\n\n## Contents`,
    contents([first, ...sections]),
    ...sections.flatMap((one) => sectionText(one, 2)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const anchor = (id: string): string => `<a id="${attribute(id)}"></a>`;
const attribute = (id: string): string => id.replaceAll(/[^A-Za-z0-9_.\-/]/g, '-');

const contents = (sections: readonly Section[], depth = 0): string =>
  sections
    .flatMap((one) => [
      `${'  '.repeat(depth)}- [${prose(one.title)}](#${attribute(one.id)})`,
      ...(one.listed ? [contents(one.sections ?? [], depth + 1)] : []),
    ])
    .join('\n');

const MOST_DEPTH = 6;

function sectionText({ id, title, blocks, sections = [] }: Section, depth: number): readonly string[] {
  return [
    `${anchor(id)}\n\n${'#'.repeat(depth)} ${prose(title)}`,
    ...blocks.map((block) => blockText(block, depth)),
    ...sections.flatMap((one) => sectionText(one, Math.min(depth + 1, MOST_DEPTH))),
  ];
}

function blockText(block: Block, depth = 1): string {
  switch (block.kind) {
    case 'paragraph':
      return lineStart(lineText(block.text));
    case 'list':
      return listText(block.items, block.look === 'ordered', '');
    case 'facts':
      return block.facts.map(({ name, value }) => `- ${lineStart(prose(name))}: ${lineText(value)}`).join('\n');
    case 'table':
      return tableText(block);
    case 'command':
      return fenced(block.pieces.map(pieceText).join(''));
    case 'message':
      return fenced(block.text);
    case 'steps':
      return block.steps.map((step) => stepText(step, Math.min(depth + 1, MOST_DEPTH))).join('\n\n');
  }
}

function listText(items: readonly Item[], ordered: boolean, indent: string): string {
  return items
    .map(({ text, inner }, index) => {
      const sign = ordered ? `${index + 1}.` : '-';
      const deeper = indent + ' '.repeat(sign.length + 1);
      const own = `${indent}${sign} ${lineStart(lineText(text))}`;
      return inner ? `${own}\n${listText(inner, false, deeper)}` : own;
    })
    .join('\n');
}

function tableText({ head, rows }: Extract<Block, { kind: 'table' }>): string {
  const marks = rows.map(({ id, cells }) =>
    cells.map((line, index) => (index === 0 && id !== undefined ? anchor(id) : '') + cell(lineText(line))),
  );
  return [head.map((one) => cell(prose(one))), head.map(() => '---'), ...marks]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function stepText({ id, number, within, title, blocks }: StepEntry, depth: number): string {
  return [
    `${anchor(id)}\n\n${'#'.repeat(depth)} ${number} ☐ ${lineText(title)}`,
    ...(within ? [lineStart(lineText(within))] : []),
    ...blocks.map((block) => blockText(block, depth)),
  ].join('\n\n');
}

const lineText = (line: Line): string => line.map(inlineText).join('');

function inlineText(one: Inline): string {
  if (typeof one === 'string') return prose(one);
  switch (one.kind) {
    case 'strong':
      return stressed(lineText(one.text));
    case 'soft':
      return lineText(one.text);
    case 'code':
      return inlineCode(one.text);
    case 'blank':
      return `*(${prose(one.text)})*`;
    case 'tag':
      return stressed(prose(one.text));
    case 'link':
      return `[${prose(one.text)}](#${attribute(one.to)})`;
    case 'phone':
      return reach('tel', dialled(one.number), one.number);
    case 'mail':
      return reach('mailto', mailable(one.address), one.address);
    case 'web':
      return isWeb(one.address) ? `<${one.address}>` : prose(one.address);
  }
}

/** Signs of stress that stand beside a space are none. */
const stressed = (text: string): string =>
  text.trim() === '' ? text : text.replace(/^(\s*)([\s\S]*?)(\s*)$/, '$1**$2**$3');

const reach = (scheme: string, to: string | undefined, shown: string): string =>
  to === undefined ? prose(shown) : `[${prose(shown)}](${scheme}:${to})`;

const pieceText = (piece: Piece): string => (typeof piece === 'string' ? piece : `(${oneLine(piece.text)})`);

/** Text of the plan must not become structure of the document. */
const prose = (text: string): string =>
  oneLine(text)
    .replaceAll(/[\\`*[\]<~|]/g, '\\$&')
    .replaceAll(/&(?=#?\w+;)/g, '\\&')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_');

/** At the beginning of a line some signs mean more than elsewhere. */
const lineStart = (text: string): string => text.replace(/^([-+=>#])/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');

/** A bar ends a cell, also inside of code. */
const cell = (text: string): string => text.replaceAll(/(?<!\\)\|/g, '\\|');

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

function inlineCode(text: string): string {
  const shown = oneLine(text);
  const fence = '`'.repeat(longestRun(shown) + 1);
  const room = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return shown === '' ? '``` ```' : `${fence}${room}${shown}${room}${fence}`;
}

function fenced(text: string): string {
  const shown = visible(text).replace(/\n+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}\n${shown}\n${fence}`;
}
