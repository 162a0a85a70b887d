import { dialled, isWeb, mailable, escapeHtml as text } from '../lib/shown-text.ts';
import type { Block, Document, Inline, Item, Line, Piece, Section, StepEntry } from './document.ts';
import { DOCUMENT_STYLE } from './html-style.ts';
import { CONTENTS } from './whole-links.ts';

/** The document as one page that needs nothing else: no script, no font, no picture, no network. */
export function writeHtml({ title, lead, first, sections }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no">
<title>${text(title)}</title>
<style>${DOCUMENT_STYLE}</style>
</head>
<body>
<header>
<h1>${text(title)}</h1>
${blocks(lead, 1)}
</header>
<main>
${sectionMarkup(first, 2)}
<nav id="${CONTENTS}" aria-label="Contents">
<h2>Contents</h2>
${contents([first, ...sections])}
</nav>
${sections.map((one) => sectionMarkup(one, 2)).join('\n')}
</main>
</body>
</html>
`;
}

const contents = (sections: readonly Section[]): string =>
  `<ul>\n${sections
    .map(
      ({ id, title, listed, sections: inner = [] }) =>
        `<li><a href="#${text(id)}">${text(title)}</a>${listed ? `\n${contents(inner)}` : ''}</li>`,
    )
    .join('\n')}\n</ul>`;

const DEEPEST = 6;

function sectionMarkup({ id, title, blocks: own, sections = [], page }: Section, depth: number): string {
  const up = depth <= 3 ? ` <a class="up" href="#${CONTENTS}">Contents</a>` : '';
  return `<section id="${text(id)}"${page ? ' class="page"' : ''}>
<h${depth}>${text(title)}${up}</h${depth}>
${blocks(own, depth)}
${sections.map((one) => sectionMarkup(one, Math.min(depth + 1, DEEPEST))).join('\n')}
</section>`;
}

const blocks = (all: readonly Block[], depth: number): string => all.map((one) => blockMarkup(one, depth)).join('\n');

function blockMarkup(block: Block, depth: number): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${line(block.text)}</p>`;
    case 'list':
      return listMarkup(block.items, block.look);
    case 'facts':
      return `<dl>\n${block.facts.map(({ name, value }) => `<dt>${text(name)}</dt><dd>${line(value)}</dd>`).join('\n')}\n</dl>`;
    case 'table':
      return tableMarkup(block);
    case 'command':
      return `<pre><code>${block.pieces.map(pieceMarkup).join('')}</code></pre>`;
    case 'message':
      return `<pre class="message">${text(block.text)}</pre>`;
    case 'steps':
      return `<ol class="steps">\n${block.steps.map((step) => stepMarkup(step, Math.min(depth + 1, DEEPEST))).join('\n')}\n</ol>`;
  }
}

function listMarkup(items: readonly Item[], look: 'ordered' | 'tree' | undefined): string {
  const name = look === 'ordered' ? 'ol' : 'ul';
  const inner = items.map(
    (one) => `<li>${line(one.text)}${one.inner ? `\n${listMarkup(one.inner, undefined)}` : ''}</li>`,
  );
  return `<${name}${look === 'tree' ? ' class="tree"' : ''}>\n${inner.join('\n')}\n</${name}>`;
}

/** On a phone the head is not seen, so each cell knows its name. */
function tableMarkup({ head, rows }: Extract<Block, { kind: 'table' }>): string {
  const body = rows.map(({ id, cells }) => {
    const columns = cells.map((one, index) => `<td data-name="${text(head[index] ?? '')}">${line(one)}</td>`);
    return `<tr${id === undefined ? '' : ` id="${text(id)}"`}>${columns.join('')}</tr>`;
  });
  const names = head.map((one) => `<th scope="col">${text(one)}</th>`).join('');
  return `<table>\n<thead><tr>${names}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}

/** On paper each step is ticked off and signed. */
const SIGN =
  '<p class="sign" aria-hidden="true"><span>begun, UTC</span><span>done, UTC</span><span class="who">who</span></p>';

function stepMarkup({ id, number, within, title, blocks: own }: StepEntry, depth: number): string {
  return `<li id="${text(id)}">
${within ? `<p class="within">${line(within)}</p>\n` : ''}<h${depth}><span class="tick" aria-hidden="true"></span><span class="number">${text(number)}</span><span>${line(title)}</span></h${depth}>
<div class="in">
${blocks(own, depth)}
${SIGN}
</div>
</li>`;
}

const line = (all: Line): string => all.map(inlineMarkup).join('');

function inlineMarkup(one: Inline): string {
  if (typeof one === 'string') return text(one);
  switch (one.kind) {
    case 'strong':
      return `<strong>${line(one.text)}</strong>`;
    case 'soft':
      return `<span class="soft">${line(one.text)}</span>`;
    case 'code':
      return `<code>${text(one.text)}</code>`;
    case 'blank':
      return blankMarkup(one.text);
    case 'tag':
      return `<span class="tag ${one.tone}">${text(one.text)}</span>`;
    case 'link':
      return `<a href="#${text(one.to)}">${text(one.text)}</a>`;
    case 'phone':
      return reach('tel', dialled(one.number), one.number);
    case 'mail':
      return reach('mailto', mailable(one.address), one.address);
    case 'web':
      return isWeb(one.address)
        ? `<a href="${text(one.address)}" rel="noreferrer">${text(one.address)}</a>`
        : text(one.address);
  }
}

const reach = (scheme: string, to: string | undefined, shown: string): string =>
  to === undefined ? text(shown) : `<a href="${scheme}:${text(to)}">${text(shown)}</a>`;

const blankMarkup = (what: string): string => `<span class="blank">(${text(what)})</span>`;

const pieceMarkup = (piece: Piece): string =>
  typeof piece === 'string' ? commandText(piece) : blankMarkup(piece.text);

/** Browsers break lines after a hyphen, which makes two words of one flag: words with hyphens are kept whole where they fit. */
const commandText = (raw: string): string =>
  raw
    .split(/(\s+)/)
    .map((word) => (word.includes('-') ? `<span class="word">${text(word)}</span>` : text(word)))
    .join('');
