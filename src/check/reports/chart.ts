import { type Duration, formatDuration } from '../../lib/duration.ts';
import { type Range, type Stretch, stretchName } from '../critical-path.ts';
import { measuredText } from '../measured-words.ts';
import { rangeText } from '../promises.ts';
import type { CopySum, LossSum, PromiseSaid, ScenarioSums, Verdict } from '../scenario-sums.ts';
import { WIDTH, wrapped } from '../wrapped.ts';

/** The way from the damage to health as bars against the RTO, and what is lost at worst. At most 100 columns, readable without colour. */
export function reportChart(sums: ScenarioSums): string {
  return [
    ...wrapped(`${sums.scenario}: ${sums.title}`, { rest: '  ' }),
    ...wrapped(
      `from the damage until ${sums.healthy === null ? 'the last step' : `"${sums.healthy}"`} is done`,
      INDENT,
    ),
    '',
    ...bars(sums),
    '',
    ...wrapped(verdictText(sums), { rest: '  ' }),
    ...sums.path.stretches.flatMap(({ step, measured }) =>
      measured ? wrapped(`${step}: ${measuredText(measured)}, usually ${formatDuration(measured.p50)}`, INDENT) : [],
    ),
    ...sums.path.unknown.flatMap((what) => wrapped(`not said: ${what}`, INDENT)),
    '',
    ...losses(sums),
  ].join('\n');
}

const INDENT = { first: '  ', rest: '    ' };
const NAME = 28;
const TIME = 18;
const BAR = WIDTH - NAME - TIME - 4;

interface Row extends Range {
  readonly name: string;
  readonly from: Duration;
  readonly unknown: boolean;
}

function bars({ path, rto }: ScenarioSums): readonly string[] {
  const limit = rto?.limit ?? undefined;
  const scale = BAR / Math.max(path.max, limit ?? 0, 1);
  const mark = limit === undefined ? undefined : Math.min(BAR - 1, Math.round(limit * scale));
  let from = 0;
  const rows = path.stretches.map((stretch): Row => {
    const row = { ...rowOf(stretch), from };
    from += stretch.max;
    return row;
  });
  const all = { name: 'in all', from: 0, min: path.min, max: path.max, unknown: path.unknown.length > 0 };
  return [
    ...rows.map((row) => line(row, scale, mark)),
    ' '.repeat(2) + '─'.repeat(NAME + TIME - 1),
    line(all, scale, mark),
    ...(mark === undefined ? [] : [markLine(mark, `RTO ${formatDuration(limit as number)}`)]),
  ];
}

const rowOf = (stretch: Stretch): Omit<Row, 'from'> => ({
  name: stretchName(stretch),
  min: stretch.min,
  max: stretch.max,
  unknown: stretch.unknown !== undefined,
});

/** █ it takes at least so long, ░ and perhaps so long; │ is the promise. */
function line({ name, from, min, max, unknown }: Row, scale: number, mark: number | undefined): string {
  const cells = Array.from({ length: BAR }, () => ' ');
  if (mark !== undefined) cells[mark] = '│';
  const start = Math.min(BAR - 1, Math.round(from * scale));
  const end = Math.min(BAR, Math.max(start + 1, Math.round((from + max) * scale)));
  const sure = Math.min(end, Math.max(min > 0 ? start + 1 : start, Math.round((from + min) * scale)));
  if (max === 0) cells[start] = unknown ? '?' : '·';
  else for (let at = start; at < end; at++) cells[at] = at < sure ? '█' : '░';
  const time = unknown ? (max === 0 ? '?' : `${rangeText({ min, max })} + ?`) : rangeText({ min, max });
  return `  ${shortened(name, NAME - 2).padEnd(NAME)}${time.padEnd(TIME)}${cells.join('')}`.trimEnd();
}

function markLine(mark: number, text: string): string {
  const at = NAME + TIME + 2 + mark;
  return at + 1 + text.length <= WIDTH ? `${' '.repeat(at)}└${text}` : `${' '.repeat(at - text.length)}${text}┘`;
}

const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

const WORDS: Record<Verdict, string> = {
  kept: 'KEPT',
  broken: 'BROKEN',
  unknown: 'NOT PROVEN',
  'not-promised': 'NO RTO',
};

/** `BROKEN: 1m + 5m + 15m + 10m = 31m > 30m (objectives.rto), 1m too long` */
function verdictText({ path, rto, verdict }: ScenarioSums): string {
  const parts = path.stretches.filter(({ max }) => max > 0).map(({ max }) => formatDuration(max));
  const sum = parts.length > 1 ? `${parts.join(' + ')} = ${formatDuration(path.max)}` : formatDuration(path.max);
  const best = path.min === path.max ? '' : `; at best ${formatDuration(path.min)}`;
  const limit = rto?.limit ?? undefined;
  if (!rto || limit === undefined)
    return `${WORDS[verdict]}: ${sum}${best}${rto ? `; promised: ${promiseText(rto)}` : ''}`;
  // Beside what nobody knows, neither a difference nor a best case means anything.
  if (verdict === 'unknown')
    return `${WORDS[verdict]}: what the plan says adds up to ${sum}; promised: ${promiseText(rto)}`;
  const sign = path.max > limit ? '>' : '<=';
  const apart = formatDuration(Math.abs(limit - path.max));
  const rest = path.max > limit ? `${apart} too long` : `${apart} to spare`;
  return `${WORDS[verdict]}: ${sum} ${sign} ${promiseText(rto)}, ${rest}${best}`;
}

const promiseText = ({ text, from }: PromiseSaid): string => `${text} (${from})`;

function losses({ losses: all, lossComplaints }: ScenarioSums): readonly string[] {
  if (all.length === 0) return ['Nothing that keeps data is lost.'];
  const kept = all.flatMap(({ component, rpo, copies }) => {
    if (lossComplaints.length > 0 || !rpo || rpo.limit === null || copies.length === 0) return [];
    return wrapped(`KEPT: ${component} loses at most ${rpo.text}${whyKept(rpo.limit, copies)}`, { rest: '  ' });
  });
  return [
    'What is lost at worst, just before the next copy is finished',
    ...all.flatMap(lossLines),
    ...lossComplaints.flatMap((message) => wrapped(`BROKEN: ${message}`, { rest: '  ' })),
    ...kept,
  ];
}

/** A stream lacks the last seconds only when the server is gone that still had them. */
function whyKept(limit: Duration, copies: readonly CopySum[]): string {
  const [best] = copies
    .filter(({ survives, loss }) => survives && loss !== null)
    .sort((a, b) => (a.loss as number) - (b.loss as number));
  return (best?.loss ?? 0) > limit ? ', because the server stays, and with it what the stream has not stored yet' : '';
}

function lossLines({ component, rpo, copies }: LossSum): readonly string[] {
  const promise = rpo ? `promised at most ${promiseText(rpo)}` : 'nothing is promised';
  const none = copies.length === 0 ? ['    nothing copies it: all of it'] : [];
  return [
    ...wrapped(`${component}: ${promise}`, INDENT),
    ...none,
    ...copies.flatMap(({ method, domain, survives, loss, text }) =>
      wrapped(
        survives
          ? `${lossText(loss, text)}${domain === null ? '' : ` (in ${domain})`}`
          : `gone with ${domain ?? 'what it copies, or its key'}: ${method}`,
        {
          first: '    ',
          rest: '      ',
        },
      ),
    ),
  ];
}

/** `6h 20m = 6h + 20m: …`; what is one number already is not said twice. */
function lossText(loss: Duration | null, text: string): string {
  if (loss === null) return `no limit: ${text}`;
  const amount = formatDuration(loss);
  return text.startsWith(`${amount}:`) ? text : `${amount} = ${text}`;
}
