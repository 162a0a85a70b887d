import { calls } from '../../../shell/sql-statements.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { whereIs } from '../../runbooks/acts.ts';
import { writtenText } from '../../runbooks/postgres-recovery.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What has ended cannot go on. */
export const replayIsResumedWhileItWaits: Rule = {
  id: 'replay-is-resumed-while-it-waits',
  level: 'error',
  title: 'Replay is resumed only when it was told to pause',
  why: 'With recovery_target_action = promote the server ends recovery at the target and takes writes on a timeline of its own. pg_wal_replay_resume() then fails with "recovery is not in progress". To look around at a moment and go on, the action must be pause (PostgreSQL documentation, recovery_target_action).',
  bad: `
scenarios:
  loss:
    steps:
      - { id: to, uses: shell.run, with: { command: "cat >> pg/postgresql.auto.conf <<CONF\\nrecovery_target_action = 'promote'\\nCONF" } }
      - { id: on, uses: shell.run, with: { command: 'psql -c "SELECT pg_wal_replay_resume()"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: to, uses: shell.run, with: { command: "cat >> pg/postgresql.auto.conf <<CONF\\nrecovery_target_action = 'pause'\\nCONF" } }
      - { id: on, uses: shell.run, with: { command: 'psql -c "SELECT pg_wal_replay_resume()"' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const ends = sequence.commands.flatMap((one) => {
    const action = ACTION.exec(writtenText(one))?.[1];
    return action === undefined ? [] : [{ one, action }];
  });
  return sequence.sql
    .filter(({ sql }) => calls(sql, 'pg_wal_replay_resume') || calls(sql, 'pg_xlog_replay_resume'))
    .flatMap((resume) => {
      const end = ends.findLast(({ one }) => sequence.happensAfter(resume, one));
      if (!end || end.action === 'pause') return [];
      const what = end.action === 'promote' ? 'has ended recovery' : 'has stopped the server';
      return [
        {
          ...whereIs(resume),
          message: `there is nothing to resume: recovery_target_action = '${end.action}' ${what} at the target`,
          hint: "Use recovery_target_action = 'pause', take out what is needed, and resume or promote then.",
          related: [{ ...whereIs(end.one), message: 'the action is set here' }],
        },
      ];
    });
}

const ACTION = /\brecovery_target_action\s*=\s*'?(promote|pause|shutdown)\b/i;
