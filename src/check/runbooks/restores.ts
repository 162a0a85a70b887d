import type { Scenario, Step } from '../../model/plan.ts';
import { isDump, isPlainDump, loadedBy } from '../../shell/programs/postgres.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';
import { fileOf } from '../../shell/values.ts';
import type { PlacedStep } from './runbook.ts';
import type { Sequence } from './sequences.ts';

/** Whether an operation puts an earlier state of a database in the place of its present one, or beside it. */
export const isRestore = (operation: string): boolean =>
  /^(aws\.)?rds\.restore_|^postgres\.(restore_|load_dump)/.test(operation);

/** Whether one of these is restored as a whole server by RDS. */
export const isRdsRestore = (operation: string): boolean => /^(aws\.)?rds\.restore_/.test(operation);

/** Whether applications use another server from this operation on. */
export const isRepointing = (operation: string): boolean =>
  /^(secrets\.set_fields|parameters\.set|dns\.switch|k8s\.set_env|vercel\.add_env)$/.test(operation);

/** Whether a command loads a dump: pg_restore, or psql with a file or a pipe that is one. */
export function loadsDump(command: ShellCommand, script: ShellScript): boolean {
  const loaded = loadedBy(command, script);
  if (!loaded) return false;
  if (command.program === 'pg_restore') return true;
  if (loaded.from && /^pg_dump(all)?$/.test(loaded.from.program)) return true;
  const { name, isPiped } = loaded;
  if (name === undefined) return false;
  return isPiped ? isDump(name) : isDump(name) && (!isPlainDump(name) || /dump|backup|20\d\d|\.gz/i.test(fileOf(name)));
}

/** Whether a scenario is about data that is wrong or gone while the server runs: then the newest copy may have the damage in it. */
export function isAboutDamage({ title, detection, kind, loses_domains }: Scenario): boolean {
  if (loses_domains.length > 0) return false;
  const text = [title, ...detection].join('. ');
  if (kind === 'security' || WRONG.test(text)) return true;
  return DELETED.test(text) && !WHOLE.test(title);
}

const WRONG = /\b(corrupt\w*|ransom\w*|falsif\w*|damaged? data|data (is|was) (wrong|damaged)|wrong data)\b/i;
const DELETED = /\b(delet\w*|truncat\w*|drop table|by mistake)\b/i;

/** When the server itself is gone, the newest copy is the right one. */
const WHOLE =
  /\b(instance|server|cluster|database|volume|disk|account|region|bucket)s?\b[^.]*\b(deleted|gone|lost|destroyed|dropped)\b/i;

/** Whether a step restores a snapshot of a server: by a known command, or by a script of their own that is told so. */
export const restoresSnapshot = (sequence: Sequence, placed: PlacedStep): boolean =>
  sequence.operationsOf(placed).some(({ name }) => name === 'rds.restore_snapshot') ||
  (isRestoreScript(placed.step) &&
    sequence.commandsOf(placed).some(({ command }) => command.words.some(({ value }) => value === 'snapshot')));

/** Whether a step loads a dump. */
export const restoresDump = (sequence: Sequence, placed: PlacedStep): boolean =>
  sequence
    .commandsOf(placed)
    .some(
      ({ command, script }) =>
        loadsDump(command, script) ||
        (isRestoreScript(placed.step) && command.words.slice(1).some(({ value }) => isDump(value))),
    );

/** A script of their own that restores, by its name. */
const isRestoreScript = ({ with: { command } }: Step): boolean =>
  typeof command === 'string' && /^\S*restor\S*\s/i.test(command.trim());
