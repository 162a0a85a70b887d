/** Where a session puts what it receives. One timeline; bytes follow on without a hole. */
export interface LogSink {
  /** End of what has arrived. */
  readonly received: bigint;
  /** End of what is durable: only so much is acknowledged to the server. */
  readonly flushed: bigint;
  /** What has arrived and is not durable yet. */
  readonly pendingBytes: number;
  /** True when a segment is full and not durable yet. */
  readonly hasWholeSegment: boolean;
  /** True when there is no room for more until something has left: the socket rests meanwhile. */
  readonly isFull: boolean;
  append(start: bigint, bytes: Buffer): void;
  /** Makes durable what had arrived when it was called. Calls do not overlap: a second one runs after the first. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
