import type { Complaint, Rule } from '../../rule.ts';
import { whereIs, wordsOf } from '../../runbooks/acts.ts';
import { isRestore } from '../../runbooks/restores.ts';
import type { PlacedStep } from '../../runbooks/runbook.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** Who is left cannot tell who is missing. */
export const lossIsCountedFromOutside: Rule = {
  id: 'loss-is-counted-from-outside',
  level: 'warning',
  title: 'What was lost is worked out from records outside of the restored database',
  why: 'The newest row of a restored database says what has survived. What was written after it is not there, so no query of this database can count it: that takes another record, such as files, queues, payments, logs, or what the application noted itself.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: loss, uses: shell.run, with: { command: 'psql -d shop -c "SELECT max(created_at) FROM orders"' } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database } }
      - { id: loss, uses: shell.run, with: { command: 'psql -d shop -c "SELECT max(created_at) FROM orders"; aws s3 ls s3://receipts --recursive' } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap(judgeSequence),
};

function judgeSequence(sequence: Sequence): readonly Complaint[] {
  const restore = sequence.operations.find(({ name }) => isRestore(name));
  if (!restore || sequence.steps.some((placed) => OTHER.test(wordsOf(placed)))) return [];
  return sequence.steps
    .filter((placed) => /\b(loss|lost|losses|missing)\b/i.test(`${placed.step.id} ${placed.step.title ?? ''}`))
    .flatMap((placed) => {
      const newest = onlyAsksForTheNewest(sequence, placed);
      if (!newest || !sequence.happensAfter(newest, restore)) return [];
      return [
        {
          ...whereIs(newest),
          message: `the newest row says what "${restore.placed.step.id}" has brought back, not what is missing: nothing is compared with any other record`,
          hint: 'Compare with what is kept elsewhere: files, queues, payments, logs (postgres.compare_ledger, s3.reconcile).',
        },
      ];
    });
}

/** The step is nothing but queries, and one of them asks for the newest. */
function onlyAsksForTheNewest(sequence: Sequence, placed: PlacedStep) {
  const commands = sequence.commandsOf(placed);
  if (
    commands.length === 0 ||
    commands.some(({ command }) => !/^(psql|echo|docker|kubectl|ssh)$/.test(command.program))
  )
    return undefined;
  return sequence.sql.find(
    (one) =>
      one.placed === placed &&
      one.sql.tokens.some(({ value }, index) => value === 'max' && one.sql.tokens[index + 1]?.value === '('),
  );
}

const OTHER = /\b(reconcil\w*|ledger|compare\w*)\b/i;
