import type { Plan, Scenario } from '../../../model/plan.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { type Sequence, sequencesOf } from '../../runbooks/sequences.ts';

/** What a failed migration is to go back to, somebody must have kept. */
export const copyBeforeAMigration: Rule = {
  id: 'copy-before-a-migration',
  level: 'warning',
  title: 'A plan that goes back to before a migration has a copy from before it',
  why: 'Backups that are taken at their own times are hours old when a migration fails, and hold none of what was written since. A copy that the deployment takes itself, and waits for, is minutes old.',
  bad: `
scenarios:
  loss:
    title: A migration has failed
    kind: rollback
    loses: [database]
`,
  good: `
components:
  database:
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 1h }
      - { method: postgres.wal_stream }
      - { method: postgres.dump, every: before a migration, takes: 5m }
scenarios:
  loss:
    title: A migration has failed
    kind: rollback
    loses: [database]
`,
  judge: (plan, facts) => sequencesOf(plan, facts).flatMap((sequence) => judgeSequence(plan, sequence)),
};

function judgeSequence(plan: Plan, { scenario, path, steps }: Sequence): readonly Complaint[] {
  if (!scenario || !isAboutMigration(scenario) || isSaid(scenario)) return [];
  const databases = scenario.loses.filter((name) => /^(database|postgres)$/.test(plan.components[name]?.kind ?? ''));
  const [database] = databases;
  if (
    database === undefined ||
    databases.some((name) => plan.components[name]?.backups.some(({ every = '' }) => BEFORE.test(every)))
  )
    return [];
  const restores = steps.find(({ step }) => /snapshot|restore|backup/i.test(`${step.id} ${step.title ?? ''}`));
  return [
    {
      path,
      message: `${String(path[1])} goes back to before a migration, and no backup of ${database} is taken before one`,
      hint: `Add { method: …, every: before a migration } to components.${database}.backups, and let the deployment wait for it.`,
      ...(restores ? { related: [{ path: restores.path, message: 'this step needs it' }] } : {}),
    },
  ];
}

const isAboutMigration = ({ kind, title }: Scenario): boolean => kind === 'rollback' && /\bmigrations?\b/i.test(title);
/** Who says it as a prerequisite has thought of it. */
const isSaid = ({ prerequisites }: Scenario): boolean =>
  prerequisites.some((text) => COPY.test(text) && BEFORE.test(text));
const COPY = /\b(snapshot|backup|copy|dump)\b/i;
const BEFORE = /\bbefore\b.*\b(migrat\w*|deploy\w*|release\w*|schema|change)/i;
