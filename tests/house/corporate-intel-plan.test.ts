import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AnyAction } from '../../src/actions/action.ts';
import { check } from '../../src/check/check.ts';
import { reportText } from '../../src/check/reports/text.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { providers } from '../../src/providers/index.ts';

const FILE = 'examples/corporate-intel/lifeboat.yaml';
const text = readFileSync(new URL(`../../${FILE}`, import.meta.url), 'utf8');
const actions = new Map(
  providers.flatMap((provider) => provider.actions as readonly AnyAction[]).map((action) => [action.name, action]),
);
const now = new Date('2026-11-20T12:00:00Z');

const SET = { CORPORATE_INTEL_RECIPIENT: 'age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw' };
const report = (edited: string, set: Record<string, string> = SET): string => {
  const loaded = loadPlan({ file: FILE, text: edited, env: (name) => set[name], mode: 'run' });
  const findings = loaded.ok ? check(loaded, { now, actions }) : loaded.findings;
  return reportText(findings, edited);
};

/** Scenarios beyond the two of the database name actions of later builds; four promises of one scenario are waived. */
test('the example has no findings but actions of later builds, and what is waived', () => {
  const loaded = loadPlan({ file: FILE, text, env: (name) => SET[name as keyof typeof SET], mode: 'run' });
  if (!loaded.ok) expect.fail(JSON.stringify(loaded.findings));
  const findings = check(loaded, { now, actions }).filter(({ level }) => level !== 'info');
  const others = findings.filter(({ rule, level }) => rule !== 'unknown-action' || level !== 'warning');
  expect(others).toEqual([]);
  const places = findings.map(({ path }) => path?.split('.')[1]);
  expect(places).not.toContain('accidental-deletion');
  expect(places).not.toContain('database-destroyed');
});

test('without a key of your own it does not run: nobody could open its backups', () =>
  expect(report(text, {})).toContain('CORPORATE_INTEL_RECIPIENT'));

/** What the document of the company said, put into the plan: each must be found. */
test.each([
  [
    'C-01 a promise that its own steps do not keep',
    'rto-is-reachable',
    'expect: 5m\n        timeout: 30m',
    'expect: 15m\n        timeout: 30m',
  ],
  [
    'C-06 log without a base backup',
    'wal-without-base-backup',
    '      - { method: postgres.base_backup, every: 24h, takes: 1h }\n',
    '',
  ],
  [
    'C-14 a role that nobody lets in again',
    'obligation-left-open',
    'uses: postgres.unblock_role',
    'uses: postgres.verify_server',
  ],
  [
    'C-16 two promises for the same data',
    'objective-conflict',
    'objectives: { rto: 2h, rpo: 5m }\n    health',
    'objectives: { rto: 2h, rpo: "0" }\n    health',
  ],
  ['C-17 a promise without copies', 'rpo-is-reachable', '      - { method: postgres.wal_stream }\n', ''],
  [
    'C-39 restoring without a second person',
    'destructive-without-approval',
    '        approve: { role: incident-commander, within: 15m }\n        expect: 30m',
    '        expect: 30m',
  ],
  ['copies beside what they protect', 'backup-in-the-same-domain', 'domain: backup-host', 'domain: database-host'],
  ['a misspelt output', 'unknown-output', 'outputs.loss_seconds', 'outputs.loss_second'],
  ['a script that nobody wrote', 'unknown-action', 'uses: postgres.restore_server', 'uses: postgres.restore_database'],
])('%s is found', (_, rule, from, to) => {
  const spoilt = text.replace(from, () => to);
  expect(spoilt).not.toBe(text);
  expect(report(spoilt)).toContain(`error  ${rule}`);
});
