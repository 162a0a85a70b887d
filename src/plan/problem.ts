import type { Finding, FindingLevel, Place, PlanPath } from '../model/finding.ts';

/** A finding whose place is still a path in the plan. */
export interface Problem {
  readonly rule: string;
  readonly level: FindingLevel;
  readonly path: PlanPath;
  /** Point at the name of the field, not at its value. */
  readonly atKey?: boolean;
  readonly message: string;
  readonly hint: string;
  readonly related?: readonly { readonly path: PlanPath; readonly message: string }[];
}

/** A problem with its path turned into file, line and column. */
export function toFinding(problem: Problem, place: (path: PlanPath, atKey?: boolean) => Place): Finding {
  const { path, atKey, related, ...said } = problem;
  return {
    ...said,
    at: place(path, atKey),
    ...(related ? { related: related.map(({ path: at, message }) => ({ at: place(at), message })) } : {}),
  };
}
