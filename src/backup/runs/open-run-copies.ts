import { KnownError } from '../../model/errors.ts';
import type { Store } from '../../model/repository.ts';
import type { RunCopies } from '../../model/run-copy.ts';
import { parseIdentities, seal, unseal } from '../crypt.ts';
import { repositoryMissing } from '../errors.ts';
import { REPOSITORY_FILE } from '../keys.ts';
import { type RepositoryRecord, readRepositoryRecord } from '../records.ts';
import { runCopies } from './run-copies.ts';

export interface CopySettings {
  /** Who can open what is written. None given: those the repository was made with. */
  readonly recipients: readonly string[];
  /** The private keys, as texts. Asked for only when lines are read. */
  identities(): readonly string[];
}

/** The copies of runs in a repository, sealed as everything in it. Touches nothing before it is used. */
export function openRunCopies(store: Store, settings: CopySettings): RunCopies {
  const there = whileThere(store);
  return runCopies(there, {
    seal: async (plain) => seal(plain, await recipientsOf(store, settings)),
    open: (sealed, object) => unseal(sealed, identitiesOf(settings), object),
  });
}

/** Where a disk was unmounted an empty folder is left: it must neither be written to nor taken for a repository without claims. */
function whileThere(store: Store): Store {
  return {
    ...store,
    async put(key, bytes, options) {
      await recordOf(store);
      await store.put(key, bytes, options);
    },
    async list(prefix) {
      await recordOf(store);
      return store.list(prefix);
    },
  };
}

const recipientsOf = async (store: Store, { recipients }: CopySettings): Promise<readonly string[]> =>
  recipients.length > 0 ? recipients : (await recordOf(store)).recipients;

async function recordOf(store: Store): Promise<RepositoryRecord> {
  const record = await store.get(REPOSITORY_FILE);
  if (record) return readRepositoryRecord(record, REPOSITORY_FILE);
  throw repositoryMissing(store.place);
}

function identitiesOf({ identities }: CopySettings): readonly string[] {
  const found = identities().flatMap((text) => parseIdentities(text));
  if (found.length > 0) return found;
  throw new KnownError(
    'KEY_MISSING',
    'the log of the run is encrypted and no private key was given',
    'Name the file of the private key, which begins with AGE-SECRET-KEY-: --identity FILE',
  );
}
