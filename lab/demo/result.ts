/** What the plan promises of a scenario. */
interface Objective {
  readonly rto_seconds: number;
  readonly rpo_seconds: number;
  readonly detect_within_seconds?: number;
}

/** What one scenario of the demo gives: numbers of the run that the judge has confirmed, and everything that is not proven. */
export interface ScenarioResult {
  readonly title: string;
  readonly run: string | null;
  readonly objective: Objective | null;
  readonly rto_seconds: number | null;
  readonly rpo_seconds: number | null;
  readonly human_wait_seconds: number | null;
  readonly acknowledged_commits: number;
  readonly lost_commits: number;
  readonly rows_deleted: number;
  readonly rows_restored: number;
  /** Commits acknowledged after the strike, and how many of them are still there. */
  readonly later_writes: number;
  readonly later_writes_kept: number;
  /** True when everything was proven: by the run, by the evidence and by the judge. */
  readonly verified: boolean;
  readonly evidence: string | null;
  readonly report: string | null;
  /** What happened, for people. */
  readonly happened: string;
  readonly proofs: readonly { readonly claim: string; readonly held: boolean; readonly observed: string }[];
  /** What was missed or not proven, in words. */
  readonly problems: readonly string[];
}

export interface DemoResult {
  readonly scenarios: { readonly deletion?: ScenarioResult; readonly destroyed?: ScenarioResult };
  readonly ok: boolean;
  readonly seconds: number;
}

/** What `lifeboat recover --json` prints, as far as the demo reads it. */
export interface RecoverOutput {
  readonly run: string;
  readonly status: string;
  readonly title: string;
  readonly error?: { readonly message: string };
  readonly objective: Objective;
  readonly rto_seconds?: number;
  readonly rpo_seconds?: number;
  readonly human_wait_seconds: number;
  readonly loss?: { readonly acknowledged?: number; readonly lost: number; readonly loss_seconds?: number };
  readonly impact_at: string;
  readonly steps: readonly {
    readonly id: string;
    readonly action: string;
    readonly status: string;
    readonly output?: unknown;
  }[];
  readonly open_obligations: readonly unknown[];
  readonly report?: { readonly markdown: string; readonly html: string };
  readonly evidence?: string;
}

/** A number in the output of the step that used an action; undefined when there is none. */
export function outputOf(run: RecoverOutput, action: string, field: string): number | undefined {
  const output = run.steps.findLast((step) => step.action === action)?.output;
  const value = (output as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'number' ? value : undefined;
}
