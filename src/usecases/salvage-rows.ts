import { KnownError } from '../model/errors.ts';
import type { Act } from './salvage.ts';
import type { PlanWorld } from './services.ts';

export interface TakeRequest {
  readonly component: string;
  readonly xid?: number;
  readonly within?: string;
  log(line: string): void;
}

/** What `find_deletion` puts out. */
export interface FoundTransaction {
  readonly xid: number;
  readonly commit_lsn: string;
  readonly committed_at: string;
  readonly rows: number;
  readonly updated_rows: number;
  readonly removed: { readonly before: string; readonly relations: readonly number[] };
}

export interface TakenRows {
  readonly found: FoundTransaction;
  /** Whole tables first: lost rows may refer to theirs. */
  readonly salvages: readonly string[];
}

/** Finds the transaction and stores what was there before it: out of side instances, which are removed again. */
export async function takeRows(request: TakeRequest, world: PlanWorld, act: Act): Promise<TakenRows> {
  const { component, within } = request;
  const found = await act<FoundTransaction>('postgres.find_deletion', {
    ...(request.xid === undefined ? {} : { xid: request.xid, any_change: true }),
    ...(within === undefined ? {} : { within }),
  }).catch((error) => {
    throw withCommand(error, component);
  });
  const { xid, commit_lsn, removed } = found;
  const key = `salvage-${component}-${xid}-${commit_lsn.replace('/', '-')}`;
  const taking = { request, world, act };
  const salvages: string[] = [];
  if (removed.before !== '')
    salvages.push(
      await take(taking, {
        key: `${key}-tables`,
        restore: { at_lsn: removed.before },
        extract: (instance) => ['postgres.extract_tables', { instance, relations: removed.relations }],
      }),
    );
  if (found.rows > 0 || found.updated_rows > 0)
    salvages.push(
      await take(taking, {
        key,
        restore: { before_xid: xid, commit_lsn },
        extract: (instance) => ['postgres.extract_rows', { instance, xid, commit_lsn, updated: true }],
      }),
    );
  return { found, salvages };
}

type Input = Parameters<Act>[1];

interface Taking {
  /** The same for every call about this transaction: what an earlier one stored is not taken again. */
  readonly key: string;
  readonly restore: Input;
  extract(instance: string): readonly [action: string, input: Input];
}

async function take(
  { request, world, act }: { request: TakeRequest; world: PlanWorld; act: Act },
  { key, restore, extract }: Taking,
): Promise<string> {
  const stored = (await world.repository.backups(request.component)).find((backup) => backup.key === `${key}/extract`);
  if (stored !== undefined) {
    request.log(`the rows were taken out before: ${stored.id}`);
    return stored.id;
  }
  const { instance } = await act<{ instance: string }>('postgres.restore_side', restore, `${key}/side`);
  try {
    const [action, input] = extract(instance);
    return (await act<{ salvage: string }>(action, input, `${key}/extract`)).salvage;
  } finally {
    await act('postgres.discard_side', { instance }).catch((error: unknown) =>
      request.log(`the side instance ${instance} is still there: ${error instanceof Error ? error.message : error}`),
    );
  }
}

/** Said to somebody in a run, these name the commands of a run. */
function withCommand(error: unknown, component: string): unknown {
  if (!(error instanceof KnownError) || error.code !== 'TARGET_AMBIGUOUS') return error;
  return new KnownError(
    error.code,
    error.message,
    `Choose one, and see what would be put back: lifeboat salvage ${component} --xid NUMBER --dry-run`,
    error,
  );
}
