import type { Clock } from '../lib/clock.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Plan, SecretRef } from '../model/plan.ts';
import type { RecoveryPoint } from '../model/recovery-point.ts';
import type { BackupRepository, LogRef } from '../model/repository.ts';
import type { AnyAction } from './action.ts';

/** What a provider may use besides the system it talks to. Handed over by `main`. */
export interface ProviderServices {
  readonly clock: Clock;
  /** The resolved plan of this run or command: where components, connections and folders are read from. */
  readonly plan: Plan;
  readonly repository: BackupRepository;
  readonly catalog: Catalog;
  /** A CEL expression that must come out as true or false. Throws PLAN_INVALID with the expression in the message. */
  condition(text: string, scope: JsonObject): boolean;
  /** Value of a secret. Throws SECRET_MISSING. The value is registered for redaction before it is returned. */
  secret(ref: SecretRef | string): string;
  /** Every text that is known to be secret: for what another process writes, where we cannot take it out. */
  secretTexts(): readonly string[];
  /** Private folder for this machine's working files, e.g. side instances. Exists, mode 0700 or 0711. */
  readonly workFolder: string;
  /** Environment variable, for finding programs; never for secrets. */
  env(name: string): string | undefined;
}

/** What can be returned to, and what is needed for it. Implemented by `catalog/`. */
export interface Catalog {
  /** Every recovery point of a component, read from the repository anew. */
  points(component: string): Promise<readonly RecoveryPoint[]>;
  /** The point to restore from. Throws POINT_NOT_FOUND or LOG_GAP, which say what there is. */
  choosePoint(points: readonly RecoveryPoint[], target: PointTarget): RecoveryPoint;
  /** The stored log of a point, from the start of its backup to its end, over all its timelines, in order. */
  logOf(point: RecoveryPoint): Promise<readonly LogRef[]>;
}

export type PointTarget =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly at: Date }
  | { readonly kind: 'lsn'; readonly lsn: bigint };

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
