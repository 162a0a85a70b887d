import type { Rule } from '../../rule.ts';
import { cachesFollowTheRestore } from './caches-follow-the-restore.ts';
import { commandsOutsideTheLoss } from './commands-outside-the-loss.ts';
import { consumersAreReloaded } from './consumers-are-reloaded.ts';
import { destroyedAfterVerification } from './destroyed-after-verification.ts';
import { destructiveWithoutApproval } from './destructive-without-approval.ts';
import { evidenceBeforeChange } from './evidence-before-change.ts';
import { foundValueIsUsed } from './found-value-is-used.ts';
import { healthyBeforeVerified } from './healthy-before-verified.ts';
import { hostIsReadWhereItIsKept } from './host-is-read-where-it-is-kept.ts';
import { lagIsReadBeforePromotion } from './lag-is-read-before-promotion.ts';
import { lossIsCountedFromOutside } from './loss-is-counted-from-outside.ts';
import { momentsNameTheirZone } from './moments-name-their-zone.ts';
import { moreWorkersAreSeenToWork } from './more-workers-are-seen-to-work.ts';
import { namesCanBeChangedInTheOutage } from './names-can-be-changed-in-the-outage.ts';
import { noVerification } from './no-verification.ts';
import { obligationLeftOpen } from './obligation-left-open.ts';
import { oldPrimaryIsFenced } from './old-primary-is-fenced.ts';
import { onePlaceForASetting } from './one-place-for-a-setting.ts';
import { promotionRestsOnAFence } from './promotion-rests-on-a-fence.ts';
import { proofsAreTakenAgain } from './proofs-are-taken-again.ts';
import { protectionIsArmedAgain } from './protection-is-armed-again.ts';
import { restorePointBeforeTheDamage } from './restore-point-before-the-damage.ts';
import { safetyCopyComesFirst } from './safety-copy-comes-first.ts';
import { secretsBeforeWorkloads } from './secrets-before-workloads.ts';
import { startedIsAwaited } from './started-is-awaited.ts';
import { stepsOutsideTheLoss } from './steps-outside-the-loss.ts';
import { trafficAfterVerification } from './traffic-after-verification.ts';
import { trafficFollowsTheNewCluster } from './traffic-follows-the-new-cluster.ts';
import { unconfirmedIsTakenBack } from './unconfirmed-is-taken-back.ts';
import { whatIsTakenAwayIsGivenBack } from './what-is-taken-away-is-given-back.ts';
import { writersStopBeforeTheRestore } from './writers-stop-before-the-restore.ts';

export const orderRules: readonly Rule[] = [
  cachesFollowTheRestore,
  commandsOutsideTheLoss,
  consumersAreReloaded,
  destroyedAfterVerification,
  destructiveWithoutApproval,
  evidenceBeforeChange,
  foundValueIsUsed,
  healthyBeforeVerified,
  hostIsReadWhereItIsKept,
  lagIsReadBeforePromotion,
  lossIsCountedFromOutside,
  momentsNameTheirZone,
  moreWorkersAreSeenToWork,
  namesCanBeChangedInTheOutage,
  noVerification,
  obligationLeftOpen,
  oldPrimaryIsFenced,
  onePlaceForASetting,
  promotionRestsOnAFence,
  proofsAreTakenAgain,
  protectionIsArmedAgain,
  restorePointBeforeTheDamage,
  safetyCopyComesFirst,
  secretsBeforeWorkloads,
  startedIsAwaited,
  stepsOutsideTheLoss,
  trafficAfterVerification,
  trafficFollowsTheNewCluster,
  unconfirmedIsTakenBack,
  whatIsTakenAwayIsGivenBack,
  writersStopBeforeTheRestore,
];
