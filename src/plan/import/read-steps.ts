import { allBlocks, type Block, type CodeBlock, type ListBlock, type ListItem, plain, titleText } from './blocks.ts';
import { type FoundStep, type Heading, type Option, type SourceOf, withNote } from './found-step.ts';
import type { Lines } from './lines.ts';
import { isShell, stepsOfCode } from './steps-of-code.ts';
import { titleAndTime } from './title-and-time.ts';

const GENERIC =
  /^(the )?((manual|detailed|immediate|recovery|restoration?|response|resolution|mitigation|rollback|failover|remediation|diagnos\w+|quick) )?(steps?|procedures?|process|actions?|instructions|recovery|response|resolution|remediation|mitigation|fix(es)?|commands?|runbook|solution|checklist)( steps| procedure)?( to (take|follow|recover|restore))?$|^(what to do|how to (fix|recover|respond|proceed)( it)?|step[- ]by[- ]step.{0,20}|to do|do this)$/i;

export function headingFor(text: string, lines: Lines, option?: Option): Heading {
  const { title, expect, hold } = titleAndTime(titleText(text.replace(/^(\W*)step\s*\d+[a-z]?\s*[:.)–—-]*\s*/i, '$1')));
  return {
    title: title === '' ? titleText(text) : title,
    lines,
    ...(expect === undefined ? {} : { expect }),
    ...(hold === undefined ? {} : { hold: { for: hold } }),
    ...(option ? { option } : {}),
    whole: titleText(text),
    generic: GENERIC.test(title),
  };
}

const holdsCode = (block: Block): boolean => allBlocks(block).some(({ kind }) => kind === 'code');

/** Steps of a list: one in all below a title of its own, else one for each item; code in an item is its command. */
export function stepsOfList(
  list: ListBlock,
  heading: Heading | undefined,
  source: SourceOf,
  first: boolean,
): readonly FoundStep[] {
  if (heading && !heading.generic && !holdsCode(list) && !list.items.some(hasCommand)) {
    const { expect, ...bare } = heading;
    return [humanStep(heading.title, list.lines, source(list.lines), first && expect !== undefined ? heading : bare)];
  }
  return list.items.flatMap((item) => stepsOfItem(item, heading, source));
}

/** `Run \`kubectl get pods\``, `Restart it: \`kubectl …\``: the one command of an item, with nothing said behind it. */
function inlineCommand({ blocks }: ListItem): string | undefined {
  const [only, ...others] = blocks;
  if (only?.kind !== 'text' || others.length > 0) return undefined;
  const [, command] =
    /^(?:\[[ xX]\]\s*)?(?:(?:run|execute|issue|enter|type)\s*:?\s*|[^`]{3,100}:\s*)?`([^`]+)`[.:]?$/i.exec(only.text) ??
    [];
  return command !== undefined && isShell({ language: '', text: command }) ? command : undefined;
}

const hasCommand = (item: ListItem): boolean => inlineCommand(item) !== undefined;

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
  const codes = item.blocks.flatMap(allBlocks).flatMap((block, index) => codeIn(block, index));
  const inline = inlineCommand(item);
  if (inline !== undefined) return [{ ...humanStep(own.title, item.lines, '', own), does: { command: inline } }];
  if (codes.length === 0) return [humanStep(own.title, item.lines, source(item.lines), own)];
  const steps = codes.flatMap((code, index) => stepsOfCode(code, own, index === 0));
  const covering = steps.map((step) => ({
    ...step,
    titleLines: { first: item.lines.first, last: item.lines.first },
    covers: [item.lines],
  }));
  return covering[0]?.note ? covering : withNote(covering, noteOf(item, own.title, source));
}

/** A block of code; a line of its own that begins like a command is meant as one. */
function codeIn(block: Block, index: number): readonly CodeBlock[] {
  if (block.kind === 'code') return [block];
  const isCommand =
    block.kind === 'text' && index > 0 && !block.text.includes('\n') && isShell({ language: '', text: block.text });
  return isCommand ? [{ kind: 'code', language: 'sh', text: block.text, lines: block.lines }] : [];
}

/** What an item says beside its commands, unless that is its title and no more. */
function noteOf({ blocks, lines }: ListItem, title: string, source: SourceOf): FoundStep['note'] {
  const texts = blocks.filter((block) => !holdsCode(block)).map((block) => source(block.lines));
  const text = texts.join('\n');
  const words = text.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/, '').replace(/[.:]$/, '');
  return titleText(words) === title || plain(words) === title ? undefined : { text, lines };
}

/** The bold words an item begins with, else its first sentence. */
function shortTitle(text: string): string {
  const [, bold] = /^(?:\[[ xX]\]\s*)?(?:\*\*|__)(.+?)(?:\*\*|__)/.exec(text) ?? [];
  const time = /\([^)]*\d[^)]*\)/.exec(text)?.[0];
  const more = text.slice(text.indexOf(bold ?? '') + (bold?.length ?? 0) + 2);
  if (bold !== undefined && (bold.includes(' ') || !/^[ ]?[a-z]/.test(more)))
    return bold.includes('(') || time === undefined ? bold : `${bold.replace(/:$/, '')} ${time}`;
  const line = plain(text.replace(/^\[[ xX]\]\s*/, ''));
  const sentence = /^.{8,}?(?=[.;:](\s|$))/.exec(line)?.[0] ?? line;
  return sentence.length > 100 ? `${sentence.slice(0, 99).replace(/\s+\S*$/, '')}…` : sentence;
}
