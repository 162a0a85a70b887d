import { BACKUP_METHODS, type BackupMethodName, type Plan } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { whereIs } from '../../runbooks/acts.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** A copy that is taken now and then never has everything. */
export const nothingLostIsTrue: Rule = {
  id: 'nothing-lost-is-true',
  level: 'error',
  title: 'A scenario that says it loses nothing restores from no copy that is older',
  why: 'A snapshot and a dump have what there was when they were taken. Everything written between that and the moment applications use the restored data is lost, unless a step carries it over.',
  bad: `
scenarios:
  loss:
    states: { loses: Nothing is lost }
    steps:
      - { id: load, uses: shell.run, with: { command: pg_restore -d shop shop.dump } }
`,
  good: `
scenarios:
  loss:
    states: { loses: what was written since the last dump }
    steps:
      - { id: load, uses: shell.run, with: { command: pg_restore -d shop shop.dump } }
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, sequence: Sequence): readonly Complaint[] {
  const said = sequence.scenario?.states?.loses;
  if (!sequence.scenario || said === undefined || !NOTHING.test(said)) return [];
  const restore = sequence.operations.find(({ name }) => Object.hasOwn(RESTORES, name));
  if (!restore || sequence.steps.some(({ step }) => CARRIES.test(`${step.uses} ${step.id} ${step.title ?? ''}`)))
    return [];
  const methods = RESTORES[restore.name] ?? [];
  const policies = sequence.scenario.loses.flatMap((name) => plan.components[name]?.backups ?? []);
  const every = policies.find(({ method, every }) => methods.includes(method) && every !== undefined)?.every;
  const { title } = BACKUP_METHODS[methods[0] as BackupMethodName];
  const copy = `${/^[AEIOU]/.test(title) ? 'an' : 'a'} ${title[0]?.toLowerCase()}${title.slice(1)}`;
  return [
    {
      path: [...sequence.path, 'states', 'loses'],
      message: `"${said.split(/(?<=\.)\s/)[0]}" cannot be: "${restore.placed.step.id}" restores ${copy}${every === undefined ? '' : `, which is taken ${every}`}, and what was written since is in none`,
      hint: 'Say how much is lost at worst, restore to a moment, or add the step that carries over what was written since.',
      related: [
        {
          ...whereIs(restore),
          message: 'restored here',
        },
      ],
    },
  ];
}

const NOTHING = /^\W*(nothing|none|no (data|loss|records?|writes?)|zero)\b/i;

/** What is written after the copy is kept, or is there in the log. */
const CARRIES = /(export_since|reconcil|since the|salvage|carry over|replay|delta)/i;

const RESTORES: Readonly<Record<string, readonly BackupMethodName[]>> = {
  'rds.restore_snapshot': ['rds.automated', 'rds.snapshot'],
  'postgres.load_dump': ['postgres.dump'],
  'velero.restore': ['velero.backup'],
  'redis.restore': ['redis.snapshot'],
};
