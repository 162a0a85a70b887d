import { BACKUP_METHODS, type BackupMethodName, type Scenario, type Step } from '../../model/plan.ts';
import { hasOption } from '../../shell/options.ts';
import { awsCall } from '../../shell/programs/aws.ts';
import type { ShellCommand } from '../../shell/script.ts';
import { scriptOf } from '../commands/scripts.ts';
import { type Operation, operationsOf } from './acts.ts';

/** By what an action restores from; a command restores from what the typed action restores from that does the same. */
const RESTORES: readonly (readonly [RegExp, readonly BackupMethodName[]])[] = [
  [/^postgres\.restore_(side|server|over)$/, ['postgres.base_backup', 'postgres.wal_stream', 'postgres.wal_archive']],
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

/**
 * From which kinds of copies the steps of a scenario restore a component; procedures must be written out. Empty when they do not say.
 */
export function methodsUsed({ steps }: Pick<Scenario, 'steps'>, component: string): ReadonlySet<BackupMethodName> {
  const own = steps.filter((step) => isAbout(step, component));
  const looked = kindsLookedFor(own);
  const used = own.flatMap((step) => methodsOf(step, looked));
  // Who looks for automated snapshots and leaves the restoring to another page still restores one.
  return new Set(used.length > 0 ? used : looked);
}

/** The step that restores a component: the first that says so itself. */
export const restoringStep = (steps: readonly Step[], component: string): Step | undefined =>
  steps.find((step) => isAbout(step, component) && methodsOf(step, []).length > 0);

const isAbout = ({ with: input }: Step, component: string): boolean =>
  input.component === undefined || input.component === component;

function methodsOf(step: Step, looked: readonly BackupMethodName[]): readonly BackupMethodName[] {
  const { method } = step.with;
  if (typeof method === 'string' && Object.hasOwn(BACKUP_METHODS, method)) return [method as BackupMethodName];
  const loads = scriptOf(step)?.commands.some(loadsPlainDump) ? (['postgres.dump'] as const) : [];
  return [...operationsOf(step).flatMap((operation) => restoredBy(operation, looked)), ...loads];
}

/** `zcat dump.sql.gz | psql`: what is kept compressed and fed whole is a dump. */
const loadsPlainDump = ({ program, reads }: ShellCommand): boolean =>
  program === 'psql' && /^(zcat|gunzip|gzip|pigz|bzcat|xzcat|zstdcat)$/.test(reads?.program ?? '');

function restoredBy(
  { name, command }: Pick<Operation, 'name' | 'command'>,
  looked: readonly BackupMethodName[],
): readonly BackupMethodName[] {
  const methods = RESTORES.find(([pattern]) => pattern.test(name))?.[1] ?? [];
  if (!command) return methods;
  if (name === 'rds.restore_snapshot') return snapshotKind(command) ?? (looked.length > 0 ? looked : methods);
  if (name === 's3.restore_versions') return takesVersion(command) ? methods : [];
  // It lists what is in an archive, or turns it into text.
  if (command.program === 'pg_restore' && !hasOption(command, '-d', '--dbname')) return [];
  return methods;
}

/** The kinds of snapshots that the commands list before one is chosen; empty when they list any. */
function kindsLookedFor(steps: readonly Step[]): readonly BackupMethodName[] {
  const finds = steps.flatMap((step) => operationsOf(step)).filter(({ name }) => name === 'rds.find_point');
  const kinds = finds.map(({ command }) => command && awsCall(command)?.get('snapshot-type'));
  return [...new Set(kinds)].flatMap((kind) => (kind === undefined ? [] : (KINDS[kind] ?? [])));
}

const KINDS: Readonly<Record<string, readonly BackupMethodName[]>> = {
  automated: ['rds.automated'],
  manual: ['rds.snapshot'],
  awsbackup: ['rds.snapshot'],
};

/** RDS itself names the automated ones, and nobody else may begin a name so (RDS API reference, CreateDBSnapshot). */
function snapshotKind(command: ShellCommand): readonly BackupMethodName[] | undefined {
  const id = awsCall(command)?.get('db-snapshot-identifier');
  return id === undefined || !/(^|:snapshot:)rds:/.test(id) ? undefined : ['rds.automated'];
}

/** A copy of an object as it is now brings nothing back. */
const takesVersion = (command: ShellCommand): boolean =>
  /\?versionId=/i.test(awsCall(command)?.get('copy-source') ?? '');
