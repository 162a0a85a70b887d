import type { Complaint, Rule } from '../../rule.ts';
import { whereIs } from '../../runbooks/acts.ts';
import { bringsBaseBackup, fetchesLog, setsUpRecovery } from '../../runbooks/postgres-recovery.ts';
import { loadsDump } from '../../runbooks/restores.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** The log of one server means nothing to another one. */
export const logGoesOnABaseBackup: Rule = {
  id: 'log-goes-on-a-base-backup',
  level: 'error',
  title: 'The write-ahead log is replayed on a base backup, never after a dump was loaded',
  why: 'The log says which bytes of which page change, and carries the identifier of the server that wrote it. A dump makes new pages in another server: replaying the old log there ends with "WAL file is from different database system". All that was written since the dump stays lost (PostgreSQL documentation, continuous archiving).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: load, uses: shell.run, with: { command: pg_restore -d shop shop.dump } }
      - { id: log, uses: shell.run, with: { command: rsync -a /backup/wal/ /srv/replay/ } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: base, uses: shell.run, with: { command: tar -xf /backup/base.tar -C /srv/pg } }
      - { id: log, uses: shell.run, with: { command: "printf \\"restore_command = 'cp /backup/wal/%f %p'\\" >> /srv/pg/postgresql.auto.conf && touch /srv/pg/recovery.signal" } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const loads = sequence.commands.filter(({ command, script }) => loadsDump(command, script));
  const replays = sequence.commands.filter((one) => fetchesLog(one) !== undefined || setsUpRecovery(one));
  return replays.slice(0, 1).flatMap((replay) => {
    const load = loads.findLast((one) => sequence.happensAfter(replay, one));
    if (!load) return [];
    const isPhysical = sequence.commands.some(
      (one) => bringsBaseBackup(one) && sequence.happensAfter(one, load) && sequence.happensAfter(replay, one),
    );
    if (isPhysical) return [];
    return [
      {
        ...whereIs(replay),
        message: `the log cannot be replayed on what "${load.placed.step.id}" has loaded from a dump: everything written since the dump stays lost`,
        hint: 'Restore a base backup (pg_basebackup) and replay the log on it, or say that the dump is all there is.',
        related: [{ ...whereIs(load), message: 'a dump is loaded here' }],
      },
    ];
  });
}
