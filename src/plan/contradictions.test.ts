import { describe, expect, test } from 'vitest';
import { loadPlan } from './load.ts';
import { edit, request, said } from './sample-plan.fake.ts';

describe('a plan that contradicts itself', () => {
  test.each<[string, string, string, string]>([
    [
      'owner',
      'owner: keeper',
      'owner: keper',
      'plan.reference: plan.owner names the role "keper", which does not exist',
    ],
    ['person', 'people: [ann]', 'people: [bob]', 'plan.reference: roles.keeper.people[0] names the person "bob"'],
    [
      'domain',
      '    kind: service',
      '    kind: service\n    domain: moon',
      'plan.reference: components.api.domain names the domain "moon"',
    ],
    [
      'repository domain',
      'repository:',
      'repository:\n  domain: moon',
      'plan.reference: repository.domain names the domain "moon"',
    ],
    [
      'component needs',
      'needs: [database]',
      'needs: [databse]',
      'plan.reference: components.api.needs[0] names the component "databse"',
    ],
    [
      'component circle',
      '    kind: postgres',
      '    kind: postgres\n    needs: [api]',
      'plan.cycle: components that need each other in a circle can never begin: database → api → database',
    ],
    [
      'environment component',
      '      database:\n        server:\n          port: 5499',
      '      databas: {}',
      'plan.reference: environments.drill.components.databas names the component',
    ],
    [
      'cadence of a stream',
      '{ method: postgres.wal_stream }',
      '{ method: postgres.wal_stream, every: 5m }',
      'plan.contradiction: postgres.wal_stream has a cadence',
    ],
    [
      'setting of a stream at a dump',
      '{ method: postgres.wal_stream }',
      '{ method: postgres.dump, every: 5m, synchronous: true }',
      'plan.contradiction: postgres.dump has "synchronous"',
    ],
    [
      'lost component',
      'loses: [database]',
      'loses: [cache]',
      'plan.reference: scenarios.deletion.loses[0] names the component "cache"',
    ],
    [
      'healthy',
      'healthy: verify',
      'healthy: verfy',
      'plan.reference: scenarios.deletion.healthy names the step "verfy"',
    ],
    ['double step', 'id: load', 'id: find', 'plan.duplicate: two steps of scenarios.deletion are called "find"'],
    [
      'needs',
      'id: verify',
      'id: verify\n        needs: [fnd]',
      'plan.reference: scenarios.deletion.steps[2].needs[0] names the step "fnd"',
    ],
    [
      'step circle',
      'id: find',
      'id: find\n        needs: [verify]',
      'plan.cycle: steps that need each other in a circle can never begin: find → verify → load → find',
    ],
    [
      'role',
      'approve: { role: keeper }',
      'approve: { role: boss }',
      'plan.reference: scenarios.deletion.steps[1].approve.role names the role "boss"',
    ],
    [
      'too many approvals',
      'approve: { role: keeper }',
      'approve: { role: keeper, count: 2 }',
      'plan.contradiction: the step "load" asks for 2 approvals, and the role keeper has 1 people',
    ],
    [
      'too many confirmations',
      'approve: { role: keeper }',
      'confirm: { role: keeper, count: 2 }',
      'plan.contradiction: the step "load" asks for 2 confirmations, and the role keeper has 1 people',
    ],
    [
      'role that confirms',
      'approve: { role: keeper }',
      'confirm: { role: boss }',
      'plan.reference: scenarios.deletion.steps[1].confirm.role names the role "boss"',
    ],
    [
      'step to prove',
      'approve: { role: keeper }',
      'proven: [fnd]',
      'plan.reference: scenarios.deletion.steps[1].proven[0] names the step "fnd"',
    ],
    [
      'steps that must prove each other',
      'id: find',
      'id: find\n        proven: [verify]',
      'plan.cycle: steps that need each other in a circle can never begin: find → verify → load → find',
    ],
    [
      'component of a recovery point',
      'approve: { role: keeper }',
      'safety_point: databse',
      'plan.reference: scenarios.deletion.steps[1].safety_point names the component "databse"',
    ],
    [
      'one component of several',
      'approve: { role: keeper }',
      'safety_point: [database, databse]',
      'plan.reference: scenarios.deletion.steps[1].safety_point[1] names the component "databse"',
    ],
    [
      'recovery point that nobody takes',
      'approve: { role: keeper }',
      'safety_point: api',
      'plan.contradiction: the step "load" demands a recovery point of api, and Lifeboat takes none of it',
    ],
    [
      'waiver owner',
      'scenarios:',
      'waivers: [{ rule: x, at: y, reason: z, owner: boss, expires: 2030-01-01 }]\nscenarios:',
      'plan.reference: waivers[0].owner names the role "boss"',
    ],
    [
      'unknown step in an expression',
      'steps.find.outputs.rows',
      'steps.fnd.outputs.rows',
      'uses the step "fnd", which does not exist',
    ],
    [
      'outputs of a later step',
      'component: database }\n      - id: load',
      'component: "${{ steps.verify.outputs.x }}" }\n      - id: load',
      'nothing makes that step run before "find"',
    ],
    [
      'outputs of a step beside it',
      'id: load',
      'id: load\n        needs: []',
      'nothing makes that step run before "load"',
    ],
    ['own outputs', 'steps.find.outputs.rows', 'steps.load.outputs.rows', 'nothing makes that step run before "load"'],
    ['outputs outside of success', 'steps.find.outputs.rows', 'outputs.rows', 'only success sees the outputs'],
    ['unknown input', 'steps.find.outputs.rows', 'inputs.actr', 'uses the input "actr", which does not exist'],
    ['unknown component', 'steps.find.outputs.rows', 'components.cache.kind', 'uses the component "cache"'],
    ['unknown field of the run', 'steps.find.outputs.rows', 'run.name', 'uses the run "name"'],
    ['unknown name', 'steps.find.outputs.rows', 'stps.find', 'uses the name "stps"'],
    [
      'variable of the environment in a step',
      'steps.find.outputs.rows',
      "env('X')",
      'asks for an environment variable',
    ],
    [
      'bad CEL',
      'steps.find.outputs.rows',
      '1 +',
      'plan.expression: scenarios.deletion.steps[1].with.rows: this is not a valid expression: 1 +',
    ],
    ['no end', '${{ outputs.missing == 0 }}', '${{ outputs.missing == 0', 'an expression has no end'],
    [
      'impact',
      'steps.find.outputs.committed_at',
      'steps.fond.outputs.x',
      'scenarios.deletion.impact uses the step "fond"',
    ],
  ])('%s', (_, from, to, words) => {
    const text = edit(from, to);
    const checked = loadPlan(request(text));
    const told = checked.findings.map(({ rule, message }) => `${rule}: ${message}`);
    expect(told.join('\n')).toContain(words);
    expect(told).toHaveLength(1);
    expect(checked.ok).toBe(true);
    expect(checked.findings[0]?.level).toBe('error');
    expect(loadPlan(request(text, { mode: 'run' })).ok).toBe(false);
  });

  test('all of it is told at once', () => {
    const text = edit('owner: keeper', 'owner: a')
      .replace('healthy: verify', 'healthy: b')
      .replace('loses: [database]', 'loses: [c, d]');
    expect(said(text)).toHaveLength(4);
  });

  test('names that macros bind are no references', () =>
    expect(
      said(edit('outputs.missing == 0', 'outputs.tables.all(t, t.rows > 0) && cel.bind(n, outputs.n, n > 0)')),
    ).toEqual([]));

  test('a step reached through others may be used, and a computed name is left to the run', () => {
    expect(said(edit('outputs.missing == 0', 'steps.find.outputs.rows > 0'))).toEqual([]);
    expect(said(edit('outputs.missing == 0', 'steps[inputs.actor].status == "x"'))).toEqual([]);
    expect(said(edit('outputs.missing == 0', 'steps["ghost"].status == "x"'))).toHaveLength(1);
  });
});
