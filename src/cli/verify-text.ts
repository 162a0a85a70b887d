import { formatDuration } from '../lib/duration.ts';
import type { VerificationDue } from '../model/verification-due.ts';
import type { ScanLiveResult } from '../usecases/scan-live.ts';
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
  return [head, ...proofLines({ proofs, not_looked_at }, paint)].join('\n');
}

type Seen = Pick<ScanLiveResult, 'proofs' | 'not_looked_at'>;

const proofLines = ({ proofs, not_looked_at }: Seen, paint: Paint): readonly string[] => [
  ...proofs.filter(({ held }) => !held).map(({ claim, observed }) => paint.bad(`  ✘ ${claim}: ${observed}`)),
  ...not_looked_at.map(({ claim, why }) => paint.warn(`  ? not looked at: ${claim}: ${why}`)),
  ...proofs.filter(({ held }) => held).map(({ claim, observed }) => `  ✔ ${claim}: ${observed}`),
];

/** What was seen of a server in use. */
export function scanText({ component, proofs, not_looked_at, seconds, ok }: ScanLiveResult, paint: Paint): string {
  const took = formatDuration(seconds * 1000);
  const nothing = proofs.length === 0;
  return [
    ok
      ? paint.good(`✔ ${component}: no damage found in ${took}`)
      : paint.bad(`✘ ${component}: ${nothing ? 'nothing could be looked at' : 'DAMAGED'}`),
    ...proofLines({ proofs, not_looked_at }, paint),
    ...(ok || nothing ? [] : ['  Take no backup over the last good one. What can be restored: lifeboat points']),
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
