import type { Duration } from '../../lib/duration.ts';

/** One answer of a service, judged by what the plan expects of it. */
export interface Answer {
  readonly healthy: boolean;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** The condition of the plan that makes it healthy. */
  readonly expected: string;
  /** For people: what was asked and what was seen. */
  readonly seen: string;
}

/** Everything the actions ask of services. */
export interface HttpClient {
  /**
   * Asks the health address of a service once. What it answers, or that it does not, is a value;
   * throws PLAN_INVALID when the plan has no such service, and the reason of the signal when it is aborted.
   */
  ask(component: string, how: { readonly within: Duration; readonly signal: AbortSignal }): Promise<Answer>;
}
