import { check } from '../check/check.ts';
import { reportText } from '../check/report-text.ts';
import { type Finding, isError } from '../model/finding.ts';
import { readPlan } from './load-plan.ts';
import type { Services } from './services.ts';

export interface CheckResult {
  readonly plan: string;
  readonly environment?: string;
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly Finding[];
  /** The findings as a person reads them, with the lines of the plan. A function, so that JSON leaves it out. */
  text(): string;
}

/** Judges a plan without touching the world. */
export function checkPlan(services: Services): CheckResult {
  const { file, loaded, text } = readPlan(services, 'check');
  const findings = loaded.ok
    ? check(loaded, { now: services.clock.now(), actions: services.actions })
    : loaded.findings;
  const errors = findings.filter(isError).length;
  return {
    plan: file,
    ...(loaded.ok ? { environment: loaded.environment } : {}),
    ok: errors === 0,
    errors,
    warnings: findings.filter(({ level }) => level === 'warning').length,
    findings,
    text: () => reportText(findings, text),
  };
}
