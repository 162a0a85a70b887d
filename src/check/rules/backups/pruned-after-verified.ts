import { awsCall } from '../../../shell/programs/aws.ts';
import type { ShellCommand } from '../../../shell/script.ts';
import { scriptOf } from '../../commands/scripts.ts';
import type { Rule } from '../../rule.ts';
import { operationsOf } from '../../runbooks/acts.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';
import { hasRole } from '../../runbooks/step-roles.ts';

/** The last good copy is removed in favour of one that nobody has looked at. */
export const prunedAfterVerified: Rule = {
  id: 'pruned-after-verified',
  level: 'error',
  title: 'Old copies are removed only after the new one was looked at',
  why: 'A backup can fail without an error: an empty dump is uploaded as well as a full one. When the old copies are removed by age in the same run, before anything has looked at the new one, the good ones are gone after the retention, and only bad ones are left.',
  bad: `
procedures:
  backup:
    title: Take a copy every night
    steps:
      - { id: dump, uses: shell.run, with: { command: 'pg_dump -Fc shop -f shop.dump' } }
      - { id: prune, title: Remove old backups, uses: human.task, with: { instruction: Remove what is older than 30 days. } }
`,
  good: `
procedures:
  backup:
    title: Take a copy every night
    steps:
      - { id: dump, uses: shell.run, with: { command: 'pg_dump -Fc shop -f shop.dump' } }
      - { id: verify, title: Check the new copy, uses: shell.run, with: { command: pg_restore --list shop.dump } }
      - { id: prune, title: Remove old backups, uses: human.task, with: { instruction: Remove what is older than 30 days. } }
`,
  judge: (plan, facts) =>
    sequencesOf(plan, facts).flatMap((sequence) =>
      sequence.steps.filter(prunes).flatMap((prune) => {
        const before = sequence.steps.filter((one) => sequence.isAfter(prune.step.id, one.step.id));
        const copy = before.find(takesCopy);
        if (!copy || before.some((one) => sequence.isAfter(one.step.id, copy.step.id) && looksAt(one))) return [];
        return [
          {
            path: prune.path,
            message: `"${prune.step.id}" removes old copies, and nothing has looked at the one that "${copy.step.id}" has taken${later(sequence, prune)}`,
            hint: 'Look at the new copy first: pg_restore --list, a restore into a scratch database, its size beside that of yesterday.',
          },
        ];
      }),
    ),
};

const later = (sequence: Sequence, prune: PlacedStep): string => {
  const look = sequence.steps.find((one) => looksAt(one) && sequence.isAfter(one.step.id, prune.step.id));
  return look ? `; "${look.step.id}" comes too late` : '';
};

const wordsOf = ({ step }: PlacedStep): string =>
  `${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''} ${step.uses.startsWith('human.') ? String(step.with.instruction) : ''}`;

function prunes(placed: PlacedStep): boolean {
  const script = scriptOf(placed.step);
  const says = /\b(prune|remove|delete|clean\w*|expire|rotate)\b[^.]*\b(backups|copies|snapshots|dumps)\b/i.test(
    wordsOf(placed),
  );
  if (script) return script.commands.some(isPruning) || says;
  return placed.step.uses.startsWith('human.') ? says : /\.(prune|expire)/.test(placed.step.uses);
}

/** Programs that remove copies by age, or one of AWS by name. */
function isPruning(command: ShellCommand): boolean {
  const values = command.words.map(({ value }) => value);
  if (command.program === 'find')
    return values.includes('-delete') && values.some((one) => one === '-mtime' || one === '-mmin');
  if (command.program === 'restic' || command.program === 'borg')
    return values.includes('prune') || values.includes('--prune');
  return awsCall(command)?.operation === 'delete-db-snapshot';
}

const COPIES = new Set(['rds.snapshot', 'postgres.dump', 'postgres.base_backup', 'velero.backup']);

const takesCopy = ({ step }: PlacedStep): boolean =>
  operationsOf(step).some(({ name }) => COPIES.has(name) || /\.(backup|snapshot|dump)$/.test(name));

const looksAt = (placed: PlacedStep): boolean =>
  hasRole(placed, 'looks') !== undefined ||
  (scriptOf(placed.step)?.commands ?? []).some(
    ({ program, words }) =>
      /^(sha\d+sum|md5sum|pg_verifybackup)$/.test(program) ||
      (program === 'pg_restore' && words.some(({ value }) => value === '-l' || value === '--list')),
  );
