import type { Keep } from '../model/plan.ts';
import type { BackupManifest, LogRef, VerificationRecord } from '../model/repository.ts';
import { namedByRule } from './keep-rules.ts';
import { unneededLog } from './needed-log.ts';
import type { Catalogued } from './recovery-points.ts';
import { verifiedState } from './verified.ts';

/** What the plan says of one method: a rule, for ever, or nothing. */
export type KeepRule = Keep | 'forever' | undefined;

export interface RetentionRequest {
  readonly stored: Catalogued;
  readonly ruleOf: (method: BackupManifest['method']) => KeepRule;
  readonly now: Date;
  /** For so many days nobody can remove what was written. */
  readonly lockDays?: number | undefined;
  /** When the oldest backup was begun that is not finished and may still be: it may need log from then on. */
  readonly underWaySince?: Date | undefined;
}

/** One backup, and why it stays or goes. */
export interface Judged {
  readonly backup: BackupManifest;
  readonly why: readonly string[];
}

export interface Retention {
  /** The newest first. */
  readonly keep: readonly Judged[];
  /** The oldest first: in this order they are removed. */
  readonly remove: readonly Judged[];
  /** Log that no backup needs which stays; in the order of its positions. */
  readonly log: readonly LogRef[];
  /** Backups whose proof by a restore is why older ones may go. They must be looked at before anything is removed. */
  readonly guards: readonly BackupManifest[];
}

/**
 * What of the backups and log of one component may be removed. Nothing is before a newer backup of the same method was proven by a
 * restore, and that one stays; whatever a rule names stays; log stays from the oldest backup on that stays.
 */
export function retentionOf(request: RetentionRequest): Retention {
  const newestFirst = request.stored.manifests.toSorted(
    (a, b) => Date.parse(b.finishedAt) - Date.parse(a.finishedAt) || (a.id < b.id ? 1 : -1),
  );
  const methods = Map.groupBy(newestFirst, ({ method }) => method);
  const verdicts = new Map([...methods].flatMap(([method, backups]) => judge(method, backups, request)));
  const judged = newestFirst.map((backup) => ({ backup, ...(verdicts.get(backup.id) as Verdict) }));
  const keep = judged.filter(({ stays }) => stays).map(({ backup, why }) => ({ backup, why }));
  const remove = judged.filter(({ stays }) => !stays).map(({ backup, why }) => ({ backup, why }));
  const removed = new Set(remove.map(({ backup }) => backup.method));
  return {
    keep,
    remove: remove.toReversed(),
    log: unneededLog(
      keep.map(({ backup }) => backup),
      request,
    ),
    guards: [...methods].flatMap(([method, backups]) =>
      removed.has(method) ? newestProven(backups, request.stored.verifications) : [],
    ),
  };
}

interface Verdict {
  readonly stays: boolean;
  readonly why: readonly string[];
}

function judge(
  method: BackupManifest['method'],
  newestFirst: readonly BackupManifest[],
  { stored, ruleOf, now, lockDays }: RetentionRequest,
): readonly (readonly [string, Verdict])[] {
  const rule = ruleOf(method);
  const all = wholesale(method, rule);
  if (all !== undefined) return newestFirst.map(({ id }) => [id, { stays: true, why: [all] }]);
  const { verifications } = stored;
  const sound = newestFirst.filter((backup) => verifiedState(backup, verifications).state !== 'failed');
  const named = namedByRule(sound, rule as Keep, now);
  const [proven] = newestProven(newestFirst, verifications);
  return newestFirst.map((backup, index) => {
    const why = [
      ...(named.get(backup.id) ?? []),
      ...(index === 0 ? ['the newest'] : []),
      ...(backup === proven ? ['the newest that was proven by a restore'] : []),
      ...lockOf(backup, lockDays, now),
    ];
    if (why.length > 0) return [backup.id, { stays: true, why }];
    const guarded = proven !== undefined && Date.parse(proven.finishedAt) > Date.parse(backup.finishedAt);
    if (!guarded) return [backup.id, { stays: true, why: ['nothing newer was proven by a restore'] }];
    return [backup.id, { stays: false, why: [reasonToGo(backup, proven, verifications)] }];
  });
}

/** Why a rule is not asked at all. */
function wholesale(method: BackupManifest['method'], rule: KeepRule): string | undefined {
  if (method === 'postgres.salvage') return 'single rows that were saved are removed by nobody but a person';
  if (rule === undefined) return 'the plan does not say how long it is kept';
  return rule === 'forever' ? 'the plan keeps it for ever' : undefined;
}

const newestProven = (
  newestFirst: readonly BackupManifest[],
  verifications: readonly VerificationRecord[],
): readonly BackupManifest[] =>
  newestFirst.filter((backup) => verifiedState(backup, verifications).state === 'restored').slice(0, 1);

const DAY_MS = 24 * 60 * 60 * 1000;

function lockOf({ finishedAt }: BackupManifest, days: number | undefined, now: Date): readonly string[] {
  const until = new Date(Date.parse(finishedAt) + (days ?? 0) * DAY_MS);
  return days !== undefined && until > now ? [`locked until ${until.toISOString()}`] : [];
}

function reasonToGo(
  backup: BackupManifest,
  proven: BackupManifest,
  verifications: readonly VerificationRecord[],
): string {
  const failed = verifiedState(backup, verifications).state === 'failed';
  const why = failed ? 'what came back from it was not right' : 'no rule names it';
  return `${why}, and ${proven.id} of ${proven.finishedAt} was proven by a restore`;
}
