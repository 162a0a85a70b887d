import type { Loss, ReplicaPosition } from './loss.ts';
import type { View } from './views.ts';

/** A further place from which a primary is looked at. */
export type Vantage =
  /** 2xx: it reaches the primary. 503: it does not. Anything else says nothing. */
  | { readonly name: string; readonly url: string }
  /** Exit code 0: it reaches the primary. 1: it does not. Anything else says nothing. */
  | { readonly name: string; readonly command: string };

/** How a primary is kept from taking writes. */
export type FenceWay =
  /** The server itself turns away every role but ours, and is read-only. */
  | { readonly by: 'refuse_logins' }
  /** It is stopped, and its data folder, on this machine, says that it may only follow. */
  | { readonly by: 'stop_server' }
  /** A command of the plan closes it, and another one proves that. */
  | { readonly by: 'command'; readonly close: string; readonly proof: string; readonly open?: string };

export interface FenceRequest {
  readonly component: string;
  readonly way: FenceWay;
  readonly key: string;
  readonly signal: AbortSignal;
}

export interface FenceState {
  readonly closed: boolean;
  readonly how: string;
  /** The step that closed it, where the world keeps that. */
  readonly closedBy?: string;
  /** The last position of its log, when it was asked after it was closed. */
  readonly position?: string;
}

/** What a server says of itself and of its place in the stream. */
export interface ServerStanding {
  readonly system: string;
  readonly timeline: number;
  readonly inRecovery: boolean;
  /** Of a replica: what it has on its disk and what it has replayed. Of a primary: the end of its log, twice. */
  readonly received: string;
  readonly replayed: string;
  readonly hasReceived: boolean;
  readonly lastCommitAt: string | null;
  readonly replayPaused: boolean;
  readonly receiver?: { readonly status: string; readonly silentMs: number; readonly asksAfterMs: number };
  /** The slot that keeps the log for it on its primary; empty when it has none. */
  readonly slot: string;
  readonly synchronousStandbys: string;
}

export interface OldPrimary {
  /** Whether its application can write there now; our own role, where the plan does not say how the application connects. */
  readonly takesWrites: boolean;
  readonly how: string;
  readonly system?: string;
  readonly timeline?: number;
}

export interface PromoteRequest {
  readonly component: string;
  /** Stop waiting for synchronous standbys that follow the old primary. */
  readonly clearSynchronous: boolean;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface Promotion {
  readonly timeline: number;
  /** Where the new timeline left the old one. */
  readonly forkedAt: string;
  /** From the call until it was a primary. */
  readonly milliseconds: number;
}

export interface LossReading {
  readonly replicas: readonly (ReplicaPosition & { readonly problems: readonly string[] })[];
  /** Replicas that could not be asked, and why. */
  readonly unreachable: readonly { readonly name: string; readonly why: string }[];
  readonly best: string;
  readonly loss: Loss;
}

export interface RejoinRequest {
  readonly component: string;
  readonly primary: string;
  readonly key: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export const REJOIN_METHODS = ['rewound', 'copied'] as const;

export interface Following {
  readonly follows: boolean;
  readonly how: string;
  readonly timeline: number;
  readonly method?: (typeof REJOIN_METHODS)[number];
  /** The step that attached it. */
  readonly key?: string;
}

/** What failing over asks of servers, of this machine and of further vantage points. */
export interface FailoverClient {
  /** The RPO of a component, in milliseconds; undefined when the plan promises none. */
  maximumLoss(component: string): number | undefined;
  /** One look from every vantage point at once. A place that cannot look is blind; it does not throw. */
  views(request: {
    component: string;
    replicas: readonly string[];
    vantage: readonly Vantage[];
    signal: AbortSignal;
  }): Promise<readonly View[]>;
  standing(component: string, signal: AbortSignal): Promise<ServerStanding>;
  /** What is known of the old primary, in a second: it may be gone. */
  oldPrimary(component: string, signal: AbortSignal): Promise<OldPrimary>;
  /** How far replicas are, and what is lost when the best of them is promoted. Throws when none can be asked. */
  lossReading(request: {
    component: string;
    replicas: readonly string[];
    until: Date;
    signal: AbortSignal;
  }): Promise<LossReading>;
  fenceState(request: FenceRequest): Promise<FenceState>;
  /** Writes: from here on the server takes no writes of applications. */
  fence(request: FenceRequest): Promise<FenceState>;
  /** Writes: takes the fence away. */
  unfence(request: FenceRequest): Promise<void>;
  /** Writes: makes a replica a primary. One that is a primary already is left as it is. */
  promote(request: PromoteRequest): Promise<Promotion>;
  /** How a primary came to its timeline. */
  promotionOf(component: string, signal: AbortSignal): Promise<Omit<Promotion, 'milliseconds'>>;
  /** Whether a write is accepted and kept, in words. Leaves nothing behind but an empty note in the log of the server. */
  tryWrite(component: string, signal: AbortSignal): Promise<{ readonly accepted: boolean; readonly how: string }>;
  following(request: Pick<RejoinRequest, 'component' | 'primary' | 'signal'>): Promise<Following>;
  /** Writes: makes the old primary, on this machine, a replica of the new one. What only it held is left behind. */
  rejoin(request: RejoinRequest): Promise<Following>;
}
