import { formatDuration } from '../lib/duration.ts';
import type { DryRunResult } from '../usecases/dry-run.ts';
import type { Paint } from './screen.ts';

const SEEN = {
  absent: 'not done yet',
  running: 'under way',
  done: 'already done',
  unknown: 'cannot be told',
  later: 'depends on an earlier step',
} as const;

/** A dry run as a person reads it: every step, what it would do, with what, and who must say yes. */
export function dryRunText({ scenario, environment, steps }: DryRunResult, paint: Paint): string {
  const lines = steps.flatMap((step, index) => [
    '',
    paint.bold(`${index + 1}. ${step.step}${step.title ? `: ${step.title}` : ''}`),
    `   ${step.action} (${step.danger}${step.expectMs === undefined ? '' : `, about ${formatDuration(step.expectMs)}`})`,
    `   with ${JSON.stringify(step.input)}`,
    `   now: ${SEEN[step.seen]}${step.trouble ? `: ${step.trouble}` : ''}`,
    ...step.changes.map((change) => `   - ${change}`),
    ...(step.permissions.length > 0 ? [`   needs: ${step.permissions.join('; ')}`] : []),
    ...(step.approve ? [`   waits for ${step.approve.count} approval(s) by ${step.approve.role}`] : []),
  ]);
  return [`Dry run of ${scenario} in ${environment}. Nothing was changed.`, ...lines].join('\n');
}
