/** A moment, or a span of moments, to which a component can return. Derived from the repository alone, every time. */
export interface RecoveryPoint {
  readonly id: string;
  readonly component: string;
  readonly method: 'postgres.base_backup+wal' | 'postgres.base_backup' | 'postgres.dump';
  /** The backup it starts from. */
  readonly backup: string;
  /** First and last moment one can return to; equal for a single moment. ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  /** For write-ahead logs: where the span starts and ends, as PostgreSQL writes positions (`0/3000028`), and on which timeline. */
  readonly log?: { readonly system: string; readonly timeline: number; readonly from: string; readonly to: string };
  readonly bytes: number;
  readonly verified: { readonly state: 'never' } | { readonly state: 'restored' | 'failed'; readonly at: string };
  /** Why the span ends where it does although later log exists; absent when nothing is missing. */
  readonly gap?: string;
}
