import type { Rule } from '../rule.ts';
import { backupInTheSameDomain } from './backup-in-the-same-domain.ts';
import { componentWithoutScenario } from './component-without-scenario.ts';
import { destructiveWithoutApproval } from './destructive-without-approval.ts';
import { healthyBeforeVerified } from './healthy-before-verified.ts';
import { literalSecret } from './literal-secret.ts';
import { noVerification } from './no-verification.ts';
import { objectiveConflict } from './objective-conflict.ts';
import { obligationLeftOpen } from './obligation-left-open.ts';
import { reviewOverdue } from './review-overdue.ts';
import { rpoIsReachable } from './rpo-is-reachable.ts';
import { rtoIsReachable } from './rto-is-reachable.ts';
import { unboundedStep } from './unbounded-step.ts';
import { unfilledPlaceholder } from './unfilled-placeholder.ts';
import { unknownAction } from './unknown-action.ts';
import { unknownOutput } from './unknown-output.ts';
import { walWithoutBaseBackup } from './wal-without-base-backup.ts';

/** Every rule, one a file in this folder; a test holds the list and the folder equal. */
export const rules: readonly Rule[] = [
  backupInTheSameDomain,
  componentWithoutScenario,
  destructiveWithoutApproval,
  healthyBeforeVerified,
  literalSecret,
  noVerification,
  objectiveConflict,
  obligationLeftOpen,
  reviewOverdue,
  rpoIsReachable,
  rtoIsReachable,
  unboundedStep,
  unfilledPlaceholder,
  unknownAction,
  unknownOutput,
  walWithoutBaseBackup,
];
