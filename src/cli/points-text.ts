import { formatDuration } from '../lib/duration.ts';
import type { ComponentPoints, Loss, PointsResult } from '../usecases/list-points.ts';
import type { Paint } from './screen.ts';
import { table } from './table.ts';
import { dueText } from './verify-text.ts';

/** Every moment one can return to, as ranges first and then by backup, for a person who has to choose one. */
export function pointsText(
  { repository, domain, recipients, now, components, loss }: PointsResult,
  paint: Paint,
): string {
  const where = domain === undefined ? 'in a domain the plan does not name' : `in the domain ${domain}`;
  const keys = recipients.length === 1 ? 'the private key' : `one of ${recipients.length} private keys`;
  return [
    ...components.map((one) => componentText(one, now, paint)),
    `The copies are in ${repository}, ${where}. To restore, ${keys} is needed.`,
    ...(loss === undefined ? [] : [lossText(loss, paint)]),
  ].join('\n\n');
}

function componentText(listed: ComponentPoints, now: string, paint: Paint): string {
  const { component, points, ranges, holes, verification } = listed;
  if (points.length === 0) return `${component}: no recovery point. Take one with: lifeboat backup ${component}`;
  return [
    component,
    ...ranges.map((range) => `  ${rangeText(range)}`),
    ...holes.map(({ from, to, seconds }) =>
      paint.warn(`  NO moment between ${from} and ${to}: ${formatDuration(seconds * 1000)} cannot be returned to`),
    ),
    table(
      ['POINT', 'METHOD', 'FROM', 'TO', 'LOST IF CHOSEN', 'SIZE', 'VERIFIED'],
      points.map((point) => [
        point.id,
        point.method,
        point.from,
        point.to,
        formatDuration(Math.max(0, Date.parse(now) - Date.parse(point.to))),
        sizeText(point.bytes),
        verifiedText(point.verified),
      ]),
    ),
    ...points.flatMap(({ id, gap }) => (gap === undefined ? [] : [`  ${id}: ${gap}`])),
    ...(verification === undefined ? [] : [dueText(verification, paint)]),
  ].join('\n');
}

function rangeText({ from, to, timeline, verified }: ComponentPoints['ranges'][number]): string {
  const when = from === to ? `the moment ${from}` : `any moment from ${from} to ${to}`;
  const line = timeline === undefined ? '' : ` on timeline ${timeline}`;
  return `${when}${line}, verified: ${verifiedText(verified)}`;
}

const verifiedText = (verified: ComponentPoints['points'][number]['verified']): string =>
  verified.state === 'never' ? 'never' : `${verified.state} ${verified.at}`;

function lossText(loss: Loss, paint: Paint): string {
  const { component, at, seconds, point, command, counted, gaps = 0, not_counted } = loss;
  return [
    paint.bold(`Going back to ${at} would lose the last ${formatDuration(seconds * 1000)} of ${component}.`),
    ...(counted === undefined
      ? [`  Not counted: ${not_counted}`]
      : [
          `  ${counted.transactions} committed transactions are in the log since then: ${counted.inserted} rows inserted, ${counted.updated} updated, ${counted.deleted} deleted.`,
        ]),
    ...(gaps > 0 ? [`  ${paint.warn('Log is missing in between: there were more.')}`] : []),
    `  It starts from the point ${point}: ${command}`,
  ].join('\n');
}

export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
