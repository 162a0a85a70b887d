/** What would be lost if a server died now, by comparing it with what can be restored from the repository. */
export interface GaugeReading {
  /** When it was measured, by the clock of the server. ISO 8601, UTC. */
  readonly at: string;
  /** Up to where the repository can restore; absent when nothing of this server can be. */
  readonly safe?: string;
  /** Up to where the server has written. */
  readonly position: string;
  /** Log in between. */
  readonly bytes: number;
  /** Absent when it is not known: nothing is safe, or the server has removed the log in between. */
  readonly lost?: {
    /** Since the oldest commit that is not safe. */
    readonly seconds: number;
    readonly transactions: number;
    /** So much lies in between that not all of it was counted. */
    readonly more: boolean;
  };
  /** The replication slot that keeps the log until it is in the repository. */
  readonly slot?: {
    readonly active: boolean;
    /** Log that the server keeps for it. */
    readonly bytes: number;
    /** At so much the server gives the slot up; absent: never, until its disk is full. */
    readonly limit?: number;
  };
}
