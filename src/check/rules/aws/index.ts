import type { Rule } from '../../rule.ts';
import { archivedObjectsAreRetrievedFirst } from './archived-objects-are-retrieved-first.ts';
import { automatedBackupsOutliveTheInstance } from './automated-backups-outlive-the-instance.ts';
import { awsKnowsItsFields } from './aws-knows-its-fields.ts';
import { awsKnowsItsOptions } from './aws-knows-its-options.ts';
import { awsNamesItsRegion } from './aws-names-its-region.ts';
import { certificateIsIssuedBeforeItIsUsed } from './certificate-is-issued-before-it-is-used.ts';
import { chosenCopyIsComplete } from './chosen-copy-is-complete.ts';
import { deleteMarkersExpireAlone } from './delete-markers-expire-alone.ts';
import { deletedObjectsHaveNoLatestVersion } from './deleted-objects-have-no-latest-version.ts';
import { hostIsAnEndpoint } from './host-is-an-endpoint.ts';
import { imagesForARollbackAreKept } from './images-for-a-rollback-are-kept.ts';
import { lastCopiesAreNotDeleted } from './last-copies-are-not-deleted.ts';
import { lifecycleEndsSomewhere } from './lifecycle-ends-somewhere.ts';
import { listingIsInKeyOrder } from './listing-is-in-key-order.ts';
import { manualSnapshotsFitTheQuota } from './manual-snapshots-fit-the-quota.ts';
import { mfaDeleteOrLifecycle } from './mfa-delete-or-lifecycle.ts';
import { nameIsFreeBeforeItIsTaken } from './name-is-free-before-it-is-taken.ts';
import { newestCopyIsSortedByTime } from './newest-copy-is-sorted-by-time.ts';
import { objectCopiesAreComplete } from './object-copies-are-complete.ts';
import { objectKeysAreReadWhole } from './object-keys-are-read-whole.ts';
import { pointInTimeIsUsed } from './point-in-time-is-used.ts';
import { promotionIsSeenInTheRole } from './promotion-is-seen-in-the-role.ts';
import { rdsBacksUpOnceADay } from './rds-backs-up-once-a-day.ts';
import { rdsReplicaIsPromotedByHand } from './rds-replica-is-promoted-by-hand.ts';
import { regionIsNamed } from './region-is-named.ts';
import { registryLoginBeforePush } from './registry-login-before-push.ts';
import { restartBringsNothingBack } from './restart-brings-nothing-back.ts';
import { restoredInstanceHasAFreeName } from './restored-instance-has-a-free-name.ts';
import { restoredInstanceIsAsStrong } from './restored-instance-is-as-strong.ts';
import { restoredInstanceIsReachable } from './restored-instance-is-reachable.ts';
import { revisionWasDeployedBefore } from './revision-was-deployed-before.ts';
import { rightsOfTheRoleThatCalls } from './rights-of-the-role-that-calls.ts';
import { rolloutStateSaysWhenItIsDone } from './rollout-state-says-when-it-is-done.ts';
import { snapshotIsNamedAsItIsCalled } from './snapshot-is-named-as-it-is-called.ts';
import { versioningWasOnBefore } from './versioning-was-on-before.ts';
import { versionsCanBeBroughtBack } from './versions-can-be-brought-back.ts';
import { waiterLastsLongEnough } from './waiter-lasts-long-enough.ts';
import { waiterSeesWhatIsMissing } from './waiter-sees-what-is-missing.ts';

export const awsRules: readonly Rule[] = [
  archivedObjectsAreRetrievedFirst,
  automatedBackupsOutliveTheInstance,
  awsKnowsItsFields,
  awsKnowsItsOptions,
  awsNamesItsRegion,
  certificateIsIssuedBeforeItIsUsed,
  chosenCopyIsComplete,
  deleteMarkersExpireAlone,
  deletedObjectsHaveNoLatestVersion,
  hostIsAnEndpoint,
  imagesForARollbackAreKept,
  lastCopiesAreNotDeleted,
  lifecycleEndsSomewhere,
  listingIsInKeyOrder,
  manualSnapshotsFitTheQuota,
  mfaDeleteOrLifecycle,
  nameIsFreeBeforeItIsTaken,
  newestCopyIsSortedByTime,
  objectCopiesAreComplete,
  objectKeysAreReadWhole,
  pointInTimeIsUsed,
  promotionIsSeenInTheRole,
  rdsBacksUpOnceADay,
  rdsReplicaIsPromotedByHand,
  regionIsNamed,
  registryLoginBeforePush,
  restartBringsNothingBack,
  restoredInstanceHasAFreeName,
  restoredInstanceIsAsStrong,
  restoredInstanceIsReachable,
  revisionWasDeployedBefore,
  rightsOfTheRoleThatCalls,
  rolloutStateSaysWhenItIsDone,
  snapshotIsNamedAsItIsCalled,
  versioningWasOnBefore,
  versionsCanBeBroughtBack,
  waiterLastsLongEnough,
  waiterSeesWhatIsMissing,
];
