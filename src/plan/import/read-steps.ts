import { allBlocks, type Block, type CodeBlock, type ListBlock, type ListItem, plain, titleText } from './blocks.ts';
import type { Lines } from './lines.ts';
import { splitCommand, titleAndTime } from './split-command.ts';

/** A step as the document has it, before it is written into the draft. */
export interface FoundStep {
  readonly title: string;
  readonly lines: Lines;
  /** Where the title stands, when that is elsewhere. */
  readonly titleLines?: Lines;
  /** The command, byte for byte; or what a person is told. */
  readonly does: { readonly command: string } | { readonly instruction: string };
  readonly expect?: string;
  readonly option?: Option;
  /** What else the document says of it. */
  readonly note?: { readonly text: string; readonly lines: Lines };
  /** All lines that are in the draft with this step. */
  readonly covers: readonly Lines[];
}

/** One way of several; `of` tells which choice it belongs to. */
export interface Option {
  readonly label: string;
  readonly of: number;
}

/** What is known of the steps to come: said by the heading or paragraph above. */
export interface Heading {
  readonly title: string;
  readonly lines: Lines;
  readonly expect?: string;
  readonly option?: Option;
  /** As the document has it, with its time. */
  readonly whole: string;
  /** A title such as "Recovery Steps" says nothing of the single step. */
  readonly generic: boolean;
}

const GENERIC =
  /^(the )?((manual|detailed|immediate|recovery|restoration?|response|resolution|mitigation|rollback|failover|remediation|diagnos\w+|quick) )?(steps?|procedures?|process|actions?|instructions|recovery|response|resolution|remediation|mitigation|fix(es)?|commands?|runbook|solution|checklist)( steps| procedure)?( to (take|follow))?$/i;

export function headingFor(text: string, lines: Lines, option?: Option): Heading {
  const { title, expect } = titleAndTime(titleText(text.replace(/^(\W*)step\s*\d+[a-z]?\s*[:.)–—-]*\s*/i, '$1')));
  return {
    title: title === '' ? titleText(text) : title,
    lines,
    ...(expect === undefined ? {} : { expect }),
    ...(option ? { option } : {}),
    whole: titleText(text),
    generic: GENERIC.test(title),
  };
}

/** What a heading says that none of its steps says: its time for all of them, and its title when they have their own. */
const remark = (heading: Heading | undefined): FoundStep['note'] =>
  heading && !heading.generic ? { text: heading.whole, lines: heading.lines } : undefined;

/** Steps of a block of code: one, or one for each of its numbered parts. */
export function stepsOfCode(code: CodeBlock, heading: Heading | undefined, first: boolean): readonly FoundStep[] {
  const parts = splitCommand(code);
  const steps = parts.map((part, index) => {
    const title = part.title ?? titleFor(heading, code);
    const expect = part.expect ?? (first && index === 0 && parts.length === 1 ? heading?.expect : undefined);
    return {
      title,
      lines: part.lines,
      does: doesOf(code, part.text),
      covers: [code.lines],
      ...(expect === undefined ? {} : { expect }),
      ...(heading?.option ? { option: heading.option } : {}),
    };
  });
  return parts.length > 1 && first ? withNote(steps, remark(heading)) : steps;
}

const titleFor = (heading: Heading | undefined, { text, language }: CodeBlock): string => {
  if (heading && !heading.generic) return heading.title;
  const [, comment] = /^\s*(?:#|--)\s*([^\s#!-].*)$/m.exec(text.split('\n', 1)[0] ?? '') ?? [];
  return comment ? titleAndTime(comment).title : (heading?.title ?? `Run ${language || 'the command'}`);
};

const SHELL = new Set(['bash', 'sh', 'shell', 'zsh', 'ksh', 'shellscript']);
const COMMAND =
  /^\s*(sudo |[A-Z_]+=\S+ )*(aws|kubectl|psql|pg_\w+|docker|terraform|curl|ssh|git|npm|npx|python3?|node|helm|velero|redis-cli|vercel|gcloud|az|systemctl|dig|cd|export|echo|cat|tar|rsync|scp|make|mysql\w*|mongo\w*|etcdctl|flux|argocd|eksctl|\.\/|bash|sh|\.?\.?\/\S+\.sh|ls|cp|mv|ping|telnet|nc|heroku|fly|ansible\S*)(\s|$)/m;

/** Whether a block is for a shell: it says so, or says nothing and begins like a command. */
export function isShell({ language, text }: CodeBlock): boolean {
  if (SHELL.has(language)) return true;
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? '';
  return language === '' && COMMAND.test(first);
}

function doesOf(code: CodeBlock, text: string): FoundStep['does'] {
  if (isShell(code)) return { command: text };
  if (/^(sql|pgsql|psql|postgres\w*)$/.test(code.language)) return { command: sqlCommand(text) };
  return { instruction: text };
}

/** SQL runs in the database the environment names (PGHOST, PGDATABASE …), and stops at its first error. */
function sqlCommand(text: string): string {
  const end =
    ['SQL', 'END_OF_SQL', 'END_OF_THIS_SQL'].find((word) => !text.split('\n').includes(word)) ?? 'END_OF_ALL_SQL';
  return `psql -v ON_ERROR_STOP=1 <<'${end}'\n${text}\n${end}`;
}

const holdsCode = (block: Block): boolean => allBlocks(block).some(({ kind }) => kind === 'code');

/** Steps of a list: one in all below a title of its own, else one for each item; code in an item is its command. */
export function stepsOfList(list: ListBlock, heading: Heading | undefined, source: SourceOf): readonly FoundStep[] {
  if (heading && !heading.generic && !holdsCode(list))
    return [humanStep(heading.title, list.lines, source(list.lines), heading)];
  return list.items.flatMap((item) => stepsOfItem(item, heading, source));
}

/** The lines of the document, without the indent they share. */
export type SourceOf = (lines: Lines) => string;

export function humanStep(title: string, lines: Lines, instruction: string, heading: Heading | undefined): FoundStep {
  return {
    title,
    lines,
    does: { instruction },
    covers: [lines],
    ...(heading?.expect === undefined || heading.title !== title ? {} : { expect: heading.expect }),
    ...(heading?.option ? { option: heading.option } : {}),
  };
}

function stepsOfItem(item: ListItem, above: Heading | undefined, source: SourceOf): readonly FoundStep[] {
  const [first] = item.blocks;
  const words = first?.kind === 'text' ? shortTitle(first.text) : '';
  const heading = headingFor(words, item.lines, above?.option);
  const own = { ...heading, title: heading.title || above?.title || 'Do' };
  const codes = item.blocks.flatMap(allBlocks).filter((block): block is CodeBlock => block.kind === 'code');
  if (codes.length === 0) return [humanStep(own.title, item.lines, source(item.lines), own)];
  const steps = codes.flatMap((code, index) => stepsOfCode(code, own, index === 0));
  const covering = steps.map((step) => ({
    ...step,
    titleLines: { first: item.lines.first, last: item.lines.first },
    covers: [item.lines],
  }));
  return covering.some(({ note }) => note) ? covering : withNote(covering, noteOf(item, own.title, source));
}

/** What an item says beside its commands, unless that is its title and no more. */
function noteOf({ blocks, lines }: ListItem, title: string, source: SourceOf): FoundStep['note'] {
  const texts = blocks.filter((block) => !holdsCode(block)).map((block) => source(block.lines));
  const text = texts.join('\n');
  return titleText(text.replace(/:$/, '')) === title ? undefined : { text, lines };
}

/** Gives the first of some steps what else is said of them. */
export function withNote(steps: readonly FoundStep[], note: FoundStep['note']): readonly FoundStep[] {
  const [first, ...rest] = steps;
  if (!first || !note) return steps;
  return [{ ...first, note, covers: [...first.covers, note.lines] }, ...rest];
}

/** The bold words an item begins with, else its first sentence. */
function shortTitle(text: string): string {
  const [, bold] = /^(?:\[[ xX]\]\s*)?(?:\*\*|__)(.+?)(?:\*\*|__)/.exec(text) ?? [];
  const time = /\([^)]*\d[^)]*\)/.exec(text)?.[0];
  if (bold !== undefined) return bold.includes('(') || time === undefined ? bold : `${bold.replace(/:$/, '')} ${time}`;
  const line = plain(text.replace(/^\[[ xX]\]\s*/, ''));
  const sentence = /^.{8,}?(?=[.;:](\s|$))/.exec(line)?.[0] ?? line;
  return sentence.length > 100 ? `${sentence.slice(0, 99).replace(/\s+\S*$/, '')}…` : sentence;
}
