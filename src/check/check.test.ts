import { describe, expect, test } from 'vitest';
import { loadPlan } from '../plan/load.ts';
import { check } from './check.ts';
import { BASE, FACTS, planWith } from './checked-plan.fake.ts';

const OPEN =
  'scenarios: { loss: { steps: [{ id: restore, uses: postgres.restore_server, with: { component: database }, expect: 20m, timeout: 30m }, { id: verify, uses: postgres.verify_server, with: { component: database }, expect: 5m }] } }';
const waiver = (more: string) =>
  `${OPEN}\nwaivers: [{ rule: destructive-without-approval, at: scenarios.loss, reason: only one person, owner: keeper, expires: 2026-12-31${more} }]`;
const said = (fragment: string) =>
  check(planWith(fragment), FACTS).map(({ rule, level, message }) => `${level} ${rule}: ${message}`);
const FINDING = 'the step "restore" alters what is there, and nobody approves it';

test('what loading found comes with it, in the order of the lines', () => {
  const text = BASE.replace('owner: keeper', 'owner: nobody')
    .replace('connection: { secret: "env:DATABASE_URL" }', 'connection: "postgresql://a:b@c/d"')
    .replace('loses: [database, api]', 'loses: [database, api, ghost]');
  const loaded = loadPlan({ file: 'plan.yaml', text, env: () => undefined, mode: 'check' });
  if (!loaded.ok) throw new Error('it should load');
  const findings = check(loaded, FACTS);
  expect(findings.map(({ rule }) => rule)).toEqual(['plan.reference', 'literal-secret', 'plan.reference']);
  expect(findings.map(({ at }) => at.line)).toEqual([...findings.map(({ at }) => at.line)].sort((a, b) => a - b));
});

test('a plan that goes round in circles is still judged to the end', () => {
  const circle =
    'components: { database: { needs: [api] } }\nscenarios: { loss: { steps: [{ id: restore, uses: postgres.restore_server, needs: [verify] }, { id: verify, uses: postgres.verify_server }] } }';
  expect(said(circle).filter((line) => line.includes('plan.cycle'))).toHaveLength(2);
});

test('names that every object knows are names like others', () => {
  const fragment = `
components: { api: { needs: [constructor] }, database: { domain: constructor } }
scenarios: { loss: { loses: [database, api, constructor], healthy: constructor, steps: [{ id: constructor, uses: toString, approve: { role: constructor } }] } }`;
  const rules = said(fragment).map((line) => line.split(' ')[1]);
  expect(rules.filter((rule) => rule === 'plan.reference:')).toHaveLength(4);
  expect(rules).toContain('unknown-action:');
});

describe('waivers', () => {
  test('turn a finding into information that says who, why and how long', () =>
    expect(said(waiver(''))).toEqual([
      `info destructive-without-approval: ${FINDING} (waived until 2026-12-31 by keeper: only one person)`,
    ]));

  test.each([
    'scenarios.loss.steps[0]',
    'scenarios.loss.steps.restore',
    'scenarios.loss.steps.restore.uses',
    'scenarios',
  ])('may say %s', (at) =>
    expect(said(waiver('').replace('at: scenarios.loss', `at: "${at}"`))[0]).toContain('info destructive'),
  );

  test.each(['scenarios.los', 'scenarios.loss.steps[1]', 'components'])('%s is another place', (at) =>
    expect(said(waiver('').replace('at: scenarios.loss', `at: "${at}"`))).toEqual([
      `error destructive-without-approval: ${FINDING}`,
      `warning waiver-unused: the waiver of destructive-without-approval at ${at} excuses nothing`,
    ]),
  );

  test('that are over are errors, and the finding counts again', () =>
    expect(said(waiver('').replace('2026-12-31', '2026-06-01'))).toEqual([
      `error destructive-without-approval: ${FINDING}`,
      'error waiver-expired: the waiver of destructive-without-approval at scenarios.loss expired on 2026-06-01',
    ]));

  test('cannot excuse a plan that contradicts itself', () => {
    const fragment =
      'plan: { owner: nobody }\nwaivers: [{ rule: plan.reference, at: plan.owner, reason: x, owner: keeper, expires: 2027-01-01 }]';
    expect(said(fragment).map((line) => line.split(':')[0])).toEqual(['error plan.reference', 'warning waiver-unused']);
  });
});
