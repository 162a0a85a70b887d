import { formatDuration } from '../lib/duration.ts';
import { itemsText } from '../model/items-done.ts';
import { type Looked, lookedWords } from '../model/looked.ts';
import type { RunPicture, StepName, UnderWay } from '../model/run-picture.ts';
import { type Ask, clockTime } from '../usecases/asks.ts';
import { bar, clockLine, forecastLines, peopleLine, whole } from './clock-lines.ts';
import type { Paint } from './screen.ts';
import { cutTo, textWidth, wrapWords } from './text-width.ts';

/** What a frame shows. */
export interface Shown {
  readonly picture: RunPicture;
  readonly asks: readonly Ask[];
  /** The last lines of output of each step. */
  readonly output: ReadonlyMap<string, readonly string[]>;
}

export interface FrameSpace {
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  /** Makes commands that a text names ready to be copied. */
  ready(text: string): string;
}

type Tone = keyof Paint | 'plain';

interface Line {
  readonly text: string;
  readonly tone: Tone;
  /** Never cut: the terminal breaks it, so that it can still be copied as one line. */
  readonly uncut?: true;
}

const line = (text: string, tone: Tone = 'plain'): Line => ({ text, tone });

/** At least this much of a screen stays for the log above. */
const LOG_ROWS = 4;
const OUTPUT_LINES = 3;

/**
 * The calm block below the log of a run, from the clock at the top to what waits for a person at the bottom. It always fits: where
 * rows are few, output goes first, then what comes next; the clock and the person's turn stay.
 */
export function frame(shown: Shown, space: FrameSpace): readonly string[] {
  const budget = Math.max(1, Math.min(space.rows - 2, Math.max(8, space.rows - LOG_ROWS)));
  const asks = askLines(shown, space);
  const rows = (lines: readonly Line[]) => lines.reduce((sum, one) => sum + rowsOf(one, space.columns), 0);
  for (const detail of [3, 2, 1, 0] as const) {
    const lines = [...clockPart(shown, space, detail), ...stepsPart(shown, space, detail), ...asks];
    if (rows(lines) <= budget) return painted(lines, space);
  }
  const top = [line(clockLine(shown.picture.clock), 'bold')];
  let kept = [...top, ...asks];
  while (kept.length > 1 && rows(kept) > budget) kept = kept.slice(1);
  return painted(kept, space);
}

/** 3: everything. 2: without output. 1: without what comes next. 0: only the clock and how far it is. */
type Detail = 3 | 2 | 1 | 0;

const rowsOf = ({ text, uncut }: Line, columns: number): number =>
  uncut ? Math.max(1, Math.ceil(textWidth(text) / columns)) : 1;

/** The last column stays free: some terminals break the line as soon as it is filled. */
const painted = (lines: readonly Line[], { columns, paint }: FrameSpace): readonly string[] =>
  lines.map(({ text, tone, uncut }) => {
    const cut = uncut ? text : cutTo(text, columns - 1);
    return tone === 'plain' ? cut : paint[tone](cut);
  });

function clockPart({ picture }: Shown, { columns }: FrameSpace, detail: Detail): readonly Line[] {
  const { clock } = picture;
  const late = clock.outlook === 'missed' || clock.outlook === 'will be missed';
  const wrapped = (text: string, tone: Tone) => wrapWords(text, columns - 1).map((part) => line(part, tone));
  const drawn = bar(clock, Math.min(columns - 1, 62));
  const people = peopleLine(picture);
  return [
    ...(detail >= 1 ? [line(titleLine(picture, columns - 1), 'dim')] : []),
    ...wrapped(
      `${clockLine(clock)}${people === undefined || detail === 0 ? '' : ` (${people})`}`,
      late ? 'bad' : 'bold',
    ),
    ...(drawn && detail >= 1 ? [line(drawn, late ? 'bad' : 'plain')] : []),
    ...forecastLines(clock).flatMap((text) => wrapped(text, text.startsWith('!') ? 'warn' : 'plain')),
  ];
}

/** `── fire in production · run-42 ──────── 03:05:12 UTC ──` */
function titleLine({ scenario, environment, run, now }: RunPicture, columns: number): string {
  const right = ` ${clockTime(now)} ──`;
  const left = cutTo(`── ${scenario} in ${environment} · ${run} `, columns - textWidth(right));
  return `${left}${'─'.repeat(Math.max(0, columns - textWidth(left) - textWidth(right)))}${right}`;
}

function stepsPart({ picture, output }: Shown, { columns }: FrameSpace, detail: Detail): readonly Line[] {
  const { done, total, under_way, next, undo_next, owed } = picture;
  const head = line(`Done ${done} of ${total}`);
  if (detail === 0) return [line([head.text, ...under_way.map((one) => underWayText(one))].join(' · '))];
  const lines = detail === 3 ? OUTPUT_LINES : 0;
  return [
    head,
    ...under_way.flatMap((one) => [
      line(`▸ ${underWayText(one)}`, isLate(one) ? 'warn' : 'plain'),
      ...(lines === 0 ? [] : (output.get(one.step) ?? []).slice(-lines)).map((text) =>
        line(cutTo(`    ${text}`, columns - 1), 'dim'),
      ),
    ]),
    ...(undo_next.length > 0 && detail >= 1 ? [line(`Then taken back: ${undo_next.map(nameOf).join(', ')}`)] : []),
    ...(next.length > 0 && detail >= 2 ? [line(`Next ${next.map(nameOf).join(', ')}`, 'dim')] : []),
    ...(owed.length > 0 && detail >= 2 ? [line(`To be put back: ${owed.map(({ what }) => what).join('; ')}`)] : []),
  ];
}

/** It may be another day. */
const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

const isLate = ({ seconds, expect_seconds, held_until }: UnderWay): boolean =>
  held_until === undefined && seconds !== undefined && expect_seconds !== undefined && seconds > expect_seconds;

export function underWayText(one: UnderWay): string {
  const name = nameOf(one);
  const attempt = one.attempt > 1 ? ` (try ${one.attempt})` : '';
  if (one.items) return `${name}: ${itemsText(one.items)}`;
  if (one.doing === 'taking back') return `${name}: is being taken back`;
  if (one.doing === 'retrying') return `${name}: tried again at ${clockTime(one.again_at ?? '')}`;
  if (one.held_until !== undefined) return `${name}: waits until ${minute(one.held_until)}`;
  if (one.looks) return `${name}${attempt}: waits until ${lookedWords(one.looks)}${givenUp(one.looks)}`;
  const expected = one.expect_seconds === undefined ? '' : ` of at most ${formatDuration(one.expect_seconds * 1000)}`;
  return `${name}${attempt}: ${whole(one.seconds ?? 0)}${expected}${isLate(one) ? ', longer than expected' : ''}`;
}

const givenUp = ({ until }: Looked): string => (until === undefined ? '' : `; given up at ${minute(until)}`);

/** `[4/9] load: Load the dump` is for the log; here the number and the title do. */
export const nameOf = ({ step, position, title }: StepName): string =>
  `${position === undefined ? '' : `[${position}] `}${step}${title === undefined ? '' : ` (${title})`}`;

/** Only the first: one thing at a time. The others are counted. */
function askLines({ asks }: Shown, { columns, ready }: FrameSpace): readonly Line[] {
  const [first, ...others] = asks;
  if (!first) return [];
  const more = others.filter(({ kind }) => kind !== 'resume').length;
  const also = more > 0 ? ` (and ${more} more: lifeboat next)` : '';
  return [
    ...wrapWords(`? ${first.sentence}${also}`, columns - 1).map((text) => line(text, 'warn')),
    ...first.commands.map((command): Line => ({ text: `  ${ready(command)}`, tone: 'bold', uncut: true })),
  ];
}
