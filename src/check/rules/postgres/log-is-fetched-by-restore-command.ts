import type { Complaint, Rule } from '../../rule.ts';
import { whereIs } from '../../runbooks/acts.ts';
import {
  databaseNames,
  fetchesLog,
  isDataFolder,
  serverSwitch,
  setsUpRecovery,
} from '../../runbooks/postgres-recovery.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A server replays what it is told to fetch, not what lies about. */
export const logIsFetchedByRestoreCommand: Rule = {
  id: 'log-is-fetched-by-restore-command',
  level: 'error',
  title: 'A server that is to replay the log is told where it is',
  why: 'PostgreSQL replays archived log only when a recovery was asked for, by recovery.signal, and only what its restore_command fetches. Pieces of the log in some folder beside the data are never looked at, and a server that is started so comes up without them (PostgreSQL documentation, recovering using a continuous archive backup).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: log, uses: shell.run, with: { command: "rsync -a backup:/wal/ /var/lib/postgresql/wal/\\nsystemctl start postgresql" } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: log, uses: shell.run, with: { command: "rsync -a backup:/wal/ /var/lib/postgresql/wal/\\nprintf \\"restore_command = 'cp /var/lib/postgresql/wal/%f %p'\\" >> /var/lib/postgresql/data/postgresql.auto.conf\\ntouch /var/lib/postgresql/data/recovery.signal\\nsystemctl start postgresql" } }
`,
  judge(plan, facts) {
    const names = databaseNames(plan);
    return sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(sequence, names));
  },
};

function judgeSequence(sequence: Sequence, names: ReadonlySet<string>): readonly Complaint[] {
  if (sequence.commands.some(setsUpRecovery)) return [];
  return sequence.commands.flatMap((one) => {
    const to = fetchesLog(one)?.to;
    // What lies in pg_wal itself is read at a start, as after a crash.
    if (to === undefined || !isDataFolder(to) || /(^|\/)(pg_wal|pg_xlog)\/?$/.test(to)) return [];
    const start = sequence.commands.find(
      (other) => serverSwitch(other.command, names)?.does === 'start' && sequence.happensAfter(other, one),
    );
    if (!start) return [];
    return [
      {
        ...whereIs(one),
        message: `nothing reads the log in ${to}: without restore_command and recovery.signal the server starts and replays none of it`,
        hint: "Write restore_command = 'cp <folder>/%f %p' to postgresql.auto.conf, make recovery.signal, then start the server.",
        related: [{ ...whereIs(start), message: 'the server is started here' }],
      },
    ];
  });
}
