import type { Complaint, Rule } from '../../rule.ts';
import { whereIs } from '../../runbooks/acts.ts';
import { bringsBaseBackup, placeOfTarget, setsTarget } from '../../runbooks/postgres-recovery.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Recovery goes forward only. */
export const recoveryStartsFromABaseBackup: Rule = {
  id: 'recovery-starts-from-a-base-backup',
  level: 'error',
  title: 'A recovery to a moment starts from a base backup that is older',
  why: 'Replaying the log only ever goes forward, from the state of the data folder on. Asked to take the folder of today back to an earlier moment, PostgreSQL stops with "recovery ended before configured recovery target was reached", and stays down (PostgreSQL documentation, recovery target settings).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: rewind, uses: shell.run, with: { command: "cat >> /srv/pg/postgresql.auto.conf <<CONF\\nrecovery_target_time = '$MOMENT'\\nCONF\\ntouch /srv/pg/recovery.signal\\nsystemctl start postgresql" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: base, uses: shell.run, with: { command: pgbackrest --stanza=shop --pg1-path=/srv/side restore } }
      - { id: rewind, uses: shell.run, with: { command: "cat >> /srv/side/postgresql.auto.conf <<CONF\\nrecovery_target_time = '$MOMENT'\\nCONF\\ntouch /srv/side/recovery.signal" } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const asked = sequence.commands.find(setsTarget);
  if (!asked || sequence.steps.some(({ step }) => BASE.test(step.uses) || isSaid(step.with.instruction))) return [];
  const bases = sequence.commands.filter(
    (base) => bringsBaseBackup(base) && (base.placed === asked.placed || sequence.happensAfter(asked, base)),
  );
  const taken = bases.find(({ command }) => command.program === 'pg_basebackup');
  if (bases.some((base) => base !== taken)) return [];
  const message = taken
    ? 'the base backup is taken in the same run, after that moment: recovery cannot go back from it, and the server stays down'
    : 'no step brings a base backup from before that moment: the data folder of today cannot go back, and the server stays down';
  return [
    {
      path: asked.path,
      within: placeOfTarget(asked),
      message,
      hint: 'Restore a base backup that is older into a folder of its own beside production, and let that one recover to the moment.',
      ...(taken ? { related: [{ ...whereIs(taken), message: 'it is taken here' }] } : {}),
    },
  ];
}

const BASE = /^postgres\.restore_|^rds\.restore_/;
const isSaid = (instruction: unknown): boolean =>
  typeof instruction === 'string' && /\bbase ?backup\b/i.test(instruction);
