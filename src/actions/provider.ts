import type { Clock } from '../lib/clock.ts';
import type { Plan, SecretRef } from '../model/plan.ts';
import type { BackupRepository } from '../model/repository.ts';
import type { AnyAction } from './action.ts';

/** What a provider may use besides the system it talks to. Handed over by `main`. */
export interface ProviderServices {
  readonly clock: Clock;
  /** The resolved plan of this run or command: where components, connections and folders are read from. */
  readonly plan: Plan;
  readonly repository: BackupRepository;
  /** Value of a secret. Throws SECRET_MISSING. The value is registered for redaction before it is returned. */
  secret(ref: SecretRef | string): string;
  /** Private folder for this machine's working files, e.g. side instances. Exists, mode 0700 or 0711. */
  readonly workFolder: string;
  /** Environment variable, for finding programs; never for secrets. */
  env(name: string): string | undefined;
}

/** One system Lifeboat can act on. `src/providers/index.ts` lists them; nothing registers itself. */
export interface Provider<Client> {
  readonly id: string;
  readonly title: string;
  readonly actions: readonly AnyAction[];
  /** Opened once per run or command, on first use. Connects lazily: opening touches nothing. */
  open(services: ProviderServices): Client;
  /** Gives back connections. Must not undo anything. */
  close(client: Client): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the list holds providers of every client
export type AnyProvider = Provider<any>;
