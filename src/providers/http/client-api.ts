/** One answer of a service, judged by what the plan expects of it. */
export interface Answer {
  readonly healthy: boolean;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** For people: what was seen. */
  readonly seen: string;
}

export interface HttpClient {
  /** Asks the health address of a service once, for a few seconds at most. Throws PLAN_INVALID when the plan has no such service. */
  ask(component: string, signal: AbortSignal): Promise<Answer>;
}
