import { formatDuration } from '../lib/duration.ts';
import type { VerificationDue } from '../model/verification-due.ts';
import type { VerifyPointsResult } from '../usecases/verify-points.ts';
import type { Paint } from './screen.ts';

/** What was proven of each point: first what is wrong, then what was not looked at, then what holds. */
export function verifyText({ verified, due, repository }: VerifyPointsResult, paint: Paint): string {
  const nothing = verified.length === 0 ? ['Nothing was due.'] : [];
  return [
    ...nothing,
    ...verified.map((one) => oneText(one, paint)),
    ...due.map((one) => dueText(one, paint)),
    `In ${repository}.`,
  ].join('\n');
}

function oneText(record: VerifyPointsResult['verified'][number], paint: Paint): string {
  const { component, backup, point = backup, held, proofs, not_looked_at = [], seconds } = record;
  const broken = proofs.filter((proof) => !proof.held);
  const took = formatDuration(seconds * 1000);
  const head = held
    ? paint.good(`✔ ${component}: ${point} restored and proven in ${took}: ${proofs.length} proofs held`)
    : paint.bad(`✘ ${component}: ${point} is NOT good: ${broken.length} of ${proofs.length} proofs do not hold`);
  return [
    head,
    ...broken.map(({ claim, observed }) => paint.bad(`  ✘ ${claim}: ${observed}`)),
    ...not_looked_at.map(({ claim, why }) => paint.warn(`  ? not looked at: ${claim}: ${why}`)),
    ...proofs.filter((proof) => proof.held).map(({ claim, observed }) => `  ✔ ${claim}: ${observed}`),
  ].join('\n');
}

/** One line for a component that its plan wants verified again and again. */
export function dueText({ component, every, last, due, overdue }: VerificationDue, paint: Paint): string {
  const since = last === undefined ? 'it never was' : `it last was ${last}`;
  if (overdue)
    return paint.bad(
      `✘ ${component} must be restored and proven every ${every}: ${since}. Now: lifeboat verify ${component}`,
    );
  return `  ${component} is to be restored and proven every ${every}: ${since}, next by ${due}.`;
}
