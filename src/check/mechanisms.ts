import { BACKUP_METHODS, type BackupMethodName, type Scenario, type Step } from '../model/plan.ts';

/** By what an action restores from. Only what the name of a typed action says; a command says nothing here. */
const RESTORES: readonly (readonly [RegExp, readonly BackupMethodName[]])[] = [
  [/^postgres\.restore_(side|server)$/, ['postgres.base_backup', 'postgres.wal_stream', 'postgres.wal_archive']],
  [/^postgres\.(restore|load)_dump/, ['postgres.dump']],
  [/^postgres\.promote/, ['postgres.replica']],
  [/^(aws\.)?rds\.restore_(from_)?snapshot/, ['rds.automated', 'rds.snapshot']],
  [/^(aws\.)?rds\.restore_(to_)?(time|point)/, ['rds.point_in_time']],
  [/^(aws\.)?rds\.promote/, ['rds.replica']],
  [/^(aws\.)?s3\.(undelete|restore_version)/, ['s3.versioning']],
  [/^redis\.restore/, ['redis.snapshot']],
  [/^elasticsearch\.restore/, ['elasticsearch.snapshot']],
  [/^velero\.restore/, ['velero.backup']],
];

/** From which kinds of copies the steps of a scenario restore a component. Empty when they do not say. */
export function methodsUsed({ steps }: Scenario, component: string): ReadonlySet<BackupMethodName> {
  return new Set(steps.filter((step) => isAbout(step, component)).flatMap(methodsOf));
}

const isAbout = ({ with: input }: Step, component: string): boolean =>
  input.component === undefined || input.component === component;

function methodsOf({ uses, with: input }: Step): readonly BackupMethodName[] {
  const { method } = input;
  if (typeof method === 'string' && Object.hasOwn(BACKUP_METHODS, method)) return [method as BackupMethodName];
  return RESTORES.find(([name]) => name.test(uses))?.[1] ?? [];
}
