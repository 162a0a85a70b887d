import type { RunPicture, WaitingStep } from '../model/run-picture.ts';
import type { NextResult } from '../usecases/next.ts';
import { clockLine, forecastLines, peopleLine } from './clock-lines.ts';
import { nameOf, underWayText } from './frame.ts';
import type { Paint } from './screen.ts';

/** One screen for somebody who knows nothing yet: how it stands, what is to be done now, and what to type for it. */
export function nextText({ sentence, picture, asks, others }: NextResult, paint: Paint): string {
  const [first, ...later] = asks;
  const waiting = picture?.waiting.find(({ step }) => step === first?.step);
  return [
    ...(picture ? [...standing(picture, paint), ''] : []),
    first ? paint.warn(paint.bold(sentence)) : paint.bold(sentence),
    ...(waiting && first?.kind !== 'put back' ? about(waiting) : []),
    ...(first?.commands ?? []).map((command) => `  ${command}`),
    ...later.flatMap(({ sentence: then, commands }) => [`After that: ${then}`, ...commands.map((one) => `  ${one}`)]),
    ...others.map((other) => `Also: ${other.run}: ${other.sentence}`),
    ...(picture && picture.driver === 'alive' ? ['', `To follow it: lifeboat attach ${picture.run}`] : []),
  ].join('\n');
}

function standing(picture: RunPicture, paint: Paint): readonly string[] {
  const { title, run, scenario, environment, clock, done, total, under_way, next, undo_next, owed } = picture;
  const people = peopleLine(picture);
  return [
    paint.bold(`${title}: ${run} (${scenario}, ${environment})`),
    `  ${clockLine(clock)}${people === undefined ? '' : ` (${people})`}`,
    ...forecastLines(clock).map((line) => `  ${line.startsWith('!') ? paint.warn(line) : line}`),
    `  Done ${done} of ${total}`,
    ...under_way.map((one) => `  ▸ ${underWayText(one)}`),
    ...(undo_next.length > 0 ? [`  Then taken back: ${undo_next.map(nameOf).join(', ')}`] : []),
    ...(next.length > 0 ? [`  Next ${next.map(nameOf).join(', ')}`] : []),
    ...owed.map(({ what }) => `  To be put back: ${what}`),
  ];
}

/** What one must read before one answers. */
function about({ waits_for }: WaitingStep): readonly string[] {
  if (waits_for.kind === 'decision') return [`  → ${waits_for.why.hint}`];
  if (waits_for.kind === 'task') return waits_for.doneWhen === undefined ? [] : [`  Done when: ${waits_for.doneWhen}`];
  if (waits_for.kind === 'confirmation')
    return [
      '  Seen so far:',
      ...waits_for.proofs.map(({ claim, observed }) => `    - ${claim}${observed === '' ? '' : ` (${observed})`}`),
    ];
  const { danger, changes, notes = [] } = waits_for.preview;
  const foretold = changes.length > 0 ? changes : ['nothing that can be foretold'];
  return [
    `  It will (${danger}):`,
    ...foretold.map((change) => `    - ${change}`),
    ...notes.map((note) => `  ${note}`),
  ];
}
