import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AnyAction } from '../../src/actions/action.ts';
import { check } from '../../src/check/check.ts';
import type { Finding } from '../../src/model/finding.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { providers } from '../../src/providers/index.ts';

const folder = new URL('../../examples/', import.meta.url);
const companies = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const textOf = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const actions = new Map<string, AnyAction>(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);
const now = new Date('2026-11-20T12:00:00Z');

const known = new Map<string, readonly Finding[]>();

/** Each plan is judged once, however many tests ask about it. */
function checked(path: string): readonly Finding[] {
  const findings = known.get(path) ?? judged(path);
  known.set(path, findings);
  return findings;
}

function judged(path: string): readonly Finding[] {
  const loaded = loadPlan({ file: path, text: textOf(path), env: () => undefined, mode: 'check' });
  if (!loaded.ok) expect.fail(`${path} does not load: ${loaded.findings.map(({ message }) => message).join('; ')}`);
  return check(loaded, { now, actions });
}

describe.each(companies)('%s', (company) => {
  test('the document as it was written loads, and its faults are found', () => {
    const errors = checked(`${company}/as-written.yaml`).filter(({ level }) => level === 'error');
    expect(errors.map(({ rule }) => rule).filter((rule) => rule.startsWith('plan.'))).toEqual([]);
    expect(errors.length).toBeGreaterThan(0);
  });

  test('the corrected plan has nothing but actions of later builds', () => {
    const findings = checked(`${company}/lifeboat.yaml`).filter(({ level }) => level !== 'info');
    const expected = ['unknown-action', 'plan.environment-variable'];
    const others = findings.filter(({ rule, level }) => level === 'error' || !expected.includes(rule));
    expect(others.map(({ at, rule, message }) => `${at.line} ${rule}: ${message}`)).toEqual([]);
  });

  test('every action of the corrected plan is explained', () => {
    const explained = textOf('ACTIONS.md');
    const named = [...textOf(`${company}/lifeboat.yaml`).matchAll(/\buses: ([a-z0-9_.]+)/g)].map(([, name]) =>
      String(name),
    );
    const unexplained = named.filter((name) => !actions.has(name) && !explained.includes(`\`${name}\``));
    expect([...new Set(unexplained)]).toEqual([]);
  });
});

/** Defects of the three documents that the structure of a plan shows; commands are judged elsewhere. */
test.each([
  ['ecommerce', 'E-01 E-02', 'rpo-is-reachable', 'components.database'],
  ['ecommerce', 'E-03', 'rpo-is-reachable', 'components.cache'],
  ['ecommerce', 'E-04', 'found-value-is-used', 'scenarios.database-failure'],
  ['ecommerce', 'E-05', 'archive-fits-the-rto', 'components.media'],
  ['ecommerce', 'E-08', 'literal-secret', 'scenarios.database-failure'],
  ['ecommerce', 'E-10', 'files-are-at-hand', 'files.scripts/smoke-tests.sh'],
  ['ecommerce', 'E-14', 'traffic-after-verification', 'scenarios.region-failure'],
  ['ecommerce', 'E-15', 'evidence-before-change', 'scenarios.ransomware'],
  ['ecommerce', 'E-17', 'scenario-is-complete', 'scenarios.ransomware'],
  ['ecommerce', 'E-21', 'copies-outside-the-loss', 'scenarios.region-failure'],
  ['ecommerce', 'E-22', 'secrets-before-workloads', 'scenarios.cluster-failure'],
  ['ecommerce', 'E-30', 'dates-follow-each-other', 'plan.review'],
  ['ecommerce', 'E-30', 'dates-follow-each-other', 'drills.full'],
  ['ecommerce', 'E-31', 'severity-agrees-with-the-scenario', 'severities.sev2'],
  ['ecommerce', 'E-33', 'component-without-backup', 'components.search'],
  ['ecommerce', 'E-35', 'scenario-fits-the-components', 'scenarios.region-failure'],
  ['ecommerce', 'E-36', 'objective-conflict', 'components.application'],
  ['ecommerce', 'E-40', 'roles-are-reachable', 'roles.incident-commander'],
  ['startupwebapp', 'W-01', 'objective-conflict', 'scenarios.rebuild'],
  ['startupwebapp', 'W-02', 'stated-time-adds-up', 'scenarios.rebuild'],
  ['startupwebapp', 'W-16', 'rpo-is-reachable', 'scenarios.failed-migration'],
  ['startupwebapp', 'W-18', 'files-are-at-hand', 'files..github/workflows/manual-rollback.yml'],
  ['startupwebapp', 'W-20 W-21', 'copies-outside-the-loss', 'scenarios.rebuild'],
  ['startupwebapp', 'W-27', 'verified-more-often-than-kept', 'components.database'],
  ['startupwebapp', 'W-28', 'drilled-at-all', 'drills.restore'],
  ['startupwebapp', 'W-31', 'component-without-backup', 'components.secret'],
  ['startupwebapp', 'W-34', 'windows-in-utc', 'components.database'],
  ['startupwebapp', 'W-42', 'objective-can-be-checked', 'scenarios.resource-deleted'],
  ['corporate-intel', 'C-01', 'rto-is-reachable', 'scenarios.accidental-deletion'],
  ['corporate-intel', 'C-03', 'outage-fits-the-service-level', 'service_levels'],
  ['corporate-intel', 'C-16', 'objective-conflict', 'data.user-data'],
  ['corporate-intel', 'C-20', 'traffic-after-verification', 'scenarios.cluster-failure'],
  ['corporate-intel', 'C-21', 'steps-outside-the-loss', 'scenarios.regional-outage'],
  ['corporate-intel', 'C-22', 'traffic-after-verification', 'scenarios.regional-outage'],
  ['corporate-intel', 'C-29', 'files-are-at-hand', 'files.scripts/disaster-recovery/restore-database.sh'],
  ['corporate-intel', 'C-30', 'cadences-agree', 'templates.p0-customers'],
  ['corporate-intel', 'C-33', 'called-before-the-rto-is-over', 'escalation.unresolved'],
  ['corporate-intel', 'C-34', 'severity-example-has-a-scenario', 'severities.p0'],
  ['corporate-intel', 'C-35', 'drilled-at-all', 'drills.restore'],
  ['corporate-intel', 'C-36', 'roles-are-reachable', 'roles.senior-engineer'],
  ['corporate-intel', 'C-47', 'rpo-is-reachable', 'scenarios.database-corruption'],
])('%s: %s is found by %s at %s', (company, _defect, rule, at) => {
  const found = checked(`${company}/as-written.yaml`).filter((finding) => finding.rule === rule);
  expect(found.filter(({ path }) => path?.startsWith(at)).map(({ path }) => path)).not.toEqual([]);
});

/** Promises that the documents keep on paper: complaining about them would be wrong. */
test.each([
  ['ecommerce', 'the database is back in time', 'scenarios.database-failure', 'rto-is-reachable'],
  ['corporate-intel', '47 to 82 minutes fit into two hours', 'scenarios.database-corruption', 'rto-is-reachable'],
  ['corporate-intel', '7 minutes fit into four hours', 'scenarios.api-down', 'rto-is-reachable'],
  ['corporate-intel', '50 minutes fit into one hour', 'scenarios.cluster-failure', 'rto-is-reachable'],
  [
    'corporate-intel',
    'what is said to be taken is what the steps take',
    'scenarios.database-corruption',
    'stated-time-adds-up',
  ],
])('%s: %s', (company, _why, at, rule) => {
  const errors = checked(`${company}/as-written.yaml`).filter(({ level }) => level === 'error');
  expect(errors.filter((finding) => finding.rule === rule && finding.path?.startsWith(at))).toEqual([]);
});
