import type { Rule } from '../rule.ts';
import { archiveFitsTheRto } from './archive-fits-the-rto.ts';
import { backupInTheSameDomain } from './backup-in-the-same-domain.ts';
import { cadencesAgree } from './cadences-agree.ts';
import { calledBeforeTheRtoIsOver } from './called-before-the-rto-is-over.ts';
import { channelsHaveAFallback } from './channels-have-a-fallback.ts';
import { channelsOutsideTheLoss } from './channels-outside-the-loss.ts';
import { componentWithoutBackup } from './component-without-backup.ts';
import { componentWithoutObjective } from './component-without-objective.ts';
import { componentWithoutScenario } from './component-without-scenario.ts';
import { consumersAreReloaded } from './consumers-are-reloaded.ts';
import { copiesAreEncrypted } from './copies-are-encrypted.ts';
import { copiesOutsideTheAccount } from './copies-outside-the-account.ts';
import { copiesOutsideTheLoss } from './copies-outside-the-loss.ts';
import { datesFollowEachOther } from './dates-follow-each-other.ts';
import { destroyedAfterVerification } from './destroyed-after-verification.ts';
import { destructiveWithoutApproval } from './destructive-without-approval.ts';
import { doneWhenDue } from './done-when-due.ts';
import { drilledAtAll } from './drilled-at-all.ts';
import { evidenceBeforeChange } from './evidence-before-change.ts';
import { filesAreAtHand } from './files-are-at-hand.ts';
import { foundValueIsUsed } from './found-value-is-used.ts';
import { healthyBeforeVerified } from './healthy-before-verified.ts';
import { literalSecret } from './literal-secret.ts';
import { noLiteralMoment } from './no-literal-moment.ts';
import { noVerification } from './no-verification.ts';
import { objectiveCanBeChecked } from './objective-can-be-checked.ts';
import { objectiveConflict } from './objective-conflict.ts';
import { obligationLeftOpen } from './obligation-left-open.ts';
import { oneScheduleForOneBackup } from './one-schedule-for-one-backup.ts';
import { outageFitsTheServiceLevel } from './outage-fits-the-service-level.ts';
import { procedureIsFollowed } from './procedure-is-followed.ts';
import { protectionIsArmedAgain } from './protection-is-armed-again.ts';
import { recoveryIsMoreThanWaiting } from './recovery-is-more-than-waiting.ts';
import { reviewCadencesAgree } from './review-cadences-agree.ts';
import { reviewOverdue } from './review-overdue.ts';
import { rolesAreReachable } from './roles-are-reachable.ts';
import { rpoIsReachable } from './rpo-is-reachable.ts';
import { rtoIsReachable } from './rto-is-reachable.ts';
import { scenarioCanRun } from './scenario-can-run.ts';
import { scenarioFitsTheComponents } from './scenario-fits-the-components.ts';
import { scenarioIsComplete } from './scenario-is-complete.ts';
import { secretsBeforeWorkloads } from './secrets-before-workloads.ts';
import { severityAgreesWithTheScenario } from './severity-agrees-with-the-scenario.ts';
import { severityExampleHasAScenario } from './severity-example-has-a-scenario.ts';
import { statedTimeAddsUp } from './stated-time-adds-up.ts';
import { statusAgreesWithTheText } from './status-agrees-with-the-text.ts';
import { statusPageIsUsed } from './status-page-is-used.ts';
import { stepsOutsideTheLoss } from './steps-outside-the-loss.ts';
import { templateVariablesAgree } from './template-variables-agree.ts';
import { trafficAfterVerification } from './traffic-after-verification.ts';
import { unboundedStep } from './unbounded-step.ts';
import { unfilledPlaceholder } from './unfilled-placeholder.ts';
import { unknownAction } from './unknown-action.ts';
import { unknownOutput } from './unknown-output.ts';
import { verifiedMoreOftenThanKept } from './verified-more-often-than-kept.ts';
import { walWithoutBaseBackup } from './wal-without-base-backup.ts';
import { wayBackIsWritten } from './way-back-is-written.ts';
import { windowsInUtc } from './windows-in-utc.ts';

/** Every rule, one a file in this folder; a test holds the list and the folder equal. */
export const rules: readonly Rule[] = [
  archiveFitsTheRto,
  backupInTheSameDomain,
  cadencesAgree,
  calledBeforeTheRtoIsOver,
  channelsHaveAFallback,
  channelsOutsideTheLoss,
  componentWithoutBackup,
  componentWithoutObjective,
  componentWithoutScenario,
  consumersAreReloaded,
  copiesAreEncrypted,
  copiesOutsideTheAccount,
  copiesOutsideTheLoss,
  datesFollowEachOther,
  destroyedAfterVerification,
  destructiveWithoutApproval,
  doneWhenDue,
  drilledAtAll,
  evidenceBeforeChange,
  filesAreAtHand,
  foundValueIsUsed,
  healthyBeforeVerified,
  literalSecret,
  noLiteralMoment,
  noVerification,
  objectiveCanBeChecked,
  objectiveConflict,
  obligationLeftOpen,
  oneScheduleForOneBackup,
  outageFitsTheServiceLevel,
  procedureIsFollowed,
  protectionIsArmedAgain,
  recoveryIsMoreThanWaiting,
  reviewCadencesAgree,
  reviewOverdue,
  rolesAreReachable,
  rpoIsReachable,
  rtoIsReachable,
  scenarioCanRun,
  scenarioFitsTheComponents,
  scenarioIsComplete,
  secretsBeforeWorkloads,
  severityAgreesWithTheScenario,
  severityExampleHasAScenario,
  statedTimeAddsUp,
  statusAgreesWithTheText,
  statusPageIsUsed,
  stepsOutsideTheLoss,
  templateVariablesAgree,
  trafficAfterVerification,
  unboundedStep,
  unfilledPlaceholder,
  unknownAction,
  unknownOutput,
  verifiedMoreOftenThanKept,
  walWithoutBaseBackup,
  wayBackIsWritten,
  windowsInUtc,
];
