import type { Rule } from '../../rule.ts';
import { diagnosisDoesNotNeedWhatIsLost } from './diagnosis-does-not-need-what-is-lost.ts';
import { drainComesToAnEnd } from './drain-comes-to-an-end.ts';
import { kubectlNamesItsCluster } from './kubectl-names-its-cluster.ts';
import { kubectlNamesItsNamespace } from './kubectl-names-its-namespace.ts';
import { managedEtcdHasNoBackup } from './managed-etcd-has-no-backup.ts';
import { newestEventsComeLast } from './newest-events-come-last.ts';
import { oneSizeForOneWorkload } from './one-size-for-one-workload.ts';
import { scalingRestartsNothing } from './scaling-restarts-nothing.ts';
import { veleroBackupsAreRestored } from './velero-backups-are-restored.ts';
import { zoneIsEmptiedWhole } from './zone-is-emptied-whole.ts';

export const kubernetesRules: readonly Rule[] = [
  diagnosisDoesNotNeedWhatIsLost,
  drainComesToAnEnd,
  kubectlNamesItsCluster,
  kubectlNamesItsNamespace,
  managedEtcdHasNoBackup,
  newestEventsComeLast,
  oneSizeForOneWorkload,
  scalingRestartsNothing,
  veleroBackupsAreRestored,
  zoneIsEmptiedWhole,
];
