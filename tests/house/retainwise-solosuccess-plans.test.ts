import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AnyAction } from '../../src/actions/action.ts';
import { check } from '../../src/check/check.ts';
import type { Finding } from '../../src/model/finding.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { providers } from '../../src/providers/index.ts';

const actions = new Map(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);
const now = new Date('2026-11-20T12:00:00Z');

const textOf = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

const judged = new Map<string, readonly Finding[]>();

function findingsOf(file: string): readonly Finding[] {
  const known = judged.get(file) ?? judge(file);
  judged.set(file, known);
  return known;
}

function judge(file: string): readonly Finding[] {
  const loaded = loadPlan({ file, text: textOf(file), env: () => undefined, mode: 'check' });
  if (!loaded.ok) expect.fail(JSON.stringify(loaded.findings, null, 2));
  return check(loaded, { now, actions });
}

/** Defects of the documents that the structure of a plan shows; commands are judged elsewhere. */
test.each([
  ['retainwise', 'R-09', 'copies-outside-the-loss', 'scenarios.region-lost'],
  ['retainwise', 'R-09', 'rpo-is-reachable', 'scenarios.region-lost'],
  ['retainwise', 'R-10', 'recovery-is-more-than-waiting', 'scenarios.region-lost'],
  ['retainwise', 'R-28', 'verified-more-often-than-kept', 'components.database.backups[0]'],
  ['retainwise', 'R-29', 'component-without-backup', 'components.queue'],
  ['retainwise', 'R-30', 'roles-are-reachable', 'roles.cto'],
  ['retainwise', 'R-33', 'review-cadences-agree', 'drills.documentation'],
  ['retainwise', 'R-34', 'unfilled-placeholder', 'people.lead-primary.name'],
  ['solosuccess', 'S-02', 'scenario-fits-the-components', 'scenarios.region-lost'],
  ['solosuccess', 'S-04', 'rpo-is-reachable', 'data.database'],
  ['solosuccess', 'S-05', 'copies-outside-the-loss', 'scenarios.region-lost'],
  ['solosuccess', 'S-06', 'procedure-is-followed', 'scenarios.database-corrupted.steps.latest'],
  ['solosuccess', 'S-11', 'consumers-are-reloaded', 'scenarios.database-failed.steps.secret'],
  ['solosuccess', 'S-13', 'component-without-objective', 'components.cache'],
  ['solosuccess', 'S-14', 'component-without-scenario', 'components.analytics'],
  ['solosuccess', 'S-15', 'component-without-backup', 'components.secrets'],
  ['solosuccess', 'S-21', 'scenario-is-complete', 'scenarios.database-failed'],
  ['solosuccess', 'S-22', 'way-back-is-written', 'scenarios.region-lost'],
  ['solosuccess', 'S-23', 'drilled-at-all', 'drills.quarterly-review'],
  ['solosuccess', 'S-24', 'roles-are-reachable', 'roles.ceo'],
])('%s as written: %s is found by %s at %s', (company, _defect, rule, where) => {
  const found = findingsOf(`examples/${company}/as-written.yaml`).filter((finding) => finding.rule === rule);
  expect(found.map(({ path }) => path).filter((path) => path?.startsWith(where))).not.toEqual([]);
});
