import { describe, expect, test } from 'vitest';
import { edit, loaded, PLAN, said } from './sample-plan.fake.ts';

/** The sample plan with further parts. */
const withParts = (parts: string): string => `${PLAN}${parts}`;
const CHAT = 'channels: { chat: { kind: chat } }\n';
const STEPS = 'steps: [{ id: one, uses: human.task }]';

describe('names that lead nowhere', () => {
  test.each<[string, string, string]>([
    [
      'channels: { chat: { kind: chat, fallback: mail } }',
      'channels.chat.fallback names the channel "mail"',
      'There are: chat.',
    ],
    [
      'channels: { chat: { kind: chat, domain: moon } }',
      'channels.chat.domain names the domain "moon"',
      'There are: none.',
    ],
    [
      'classes: {}\ndata: { orders: { title: Orders, in: [databse], objectives: {} } }',
      'data.orders.in[0] names the component "databse"',
      'Did you mean database?',
    ],
    [
      'service_levels: [{ availability: 99.9%, components: [apu] }]',
      'service_levels[0].components[0] names the component "apu"',
      'Did you mean api?',
    ],
    [
      'severities: { sev1: { title: All, team: [keper] } }',
      'severities.sev1.team[0] names the role "keper"',
      'Did you mean keeper?',
    ],
    [
      'severities: { sev1: { title: All, examples: [words, { text: x, scenario: deletoin }] } }',
      'severities.sev1.examples[1].scenario names the scenario "deletoin"',
      'Did you mean deletion?',
    ],
    [
      'escalation: { page: { until: acknowledged, severities: [sev1], levels: [{ after: 5m, to: [nobody] }] } }',
      'escalation.page.severities[0] names the severity "sev1"',
      'There are: none.',
    ],
    [
      'escalation: { page: { until: acknowledged, levels: [{ after: 5m, to: [nobody] }] } }',
      'escalation.page.levels[0].to[0] names the role "nobody"',
      'There are: keeper.',
    ],
    [
      `${CHAT}templates: { first: { channel: chatt, text: x } }`,
      'templates.first.channel names the channel "chatt"',
      'Did you mean chat?',
    ],
    [
      'templates: { first: { severities: [sev9], text: x } }',
      'templates.first.severities[0] names the severity "sev9"',
      'There are: none.',
    ],
    [
      'post_mortem: { within: 48h, attendees: [keeper, ann, bob] }',
      'post_mortem.attendees[2] names the role or person "bob"',
      'There are: keeper, ann.',
    ],
    [
      'drills: { d: { title: D, kind: restore, every: weekly, scenarios: [deletio] } }',
      'drills.d.scenarios[0] names the scenario "deletio"',
      'Did you mean deletion?',
    ],
    [
      'drills: { d: { title: D, kind: restore, every: weekly, environment: dril } }',
      'drills.d.environment names the environment "dril"',
      'Did you mean drill?',
    ],
    [
      'drills: { d: { title: D, kind: restore, every: weekly, scenarios: [deletion], steps: { from: fnd } } }',
      'drills.d.steps.from names the step "fnd"',
      'Did you mean find?',
    ],
    [
      'drills: { d: { title: D, kind: restore, every: weekly, scenarios: [deletion], steps: { to: x, without: [] } } }',
      'drills.d.steps.to names the step "x"',
      'There are: find',
    ],
    [
      'drills: { d: { title: D, kind: restore, every: weekly, scenarios: [deletion], steps: { without: [laod] } } }',
      'drills.d.steps.without[0] names the step "laod"',
      'Did you mean load?',
    ],
    [
      'tasks: { t: { title: T, every: weekly, role: kepper } }',
      'tasks.t.role names the role "kepper"',
      'Did you mean keeper?',
    ],
    [
      `procedures: { p: { title: P, ${STEPS.replace('human.task', 'human.task, in: moon')} } }`,
      'procedures.p.steps[0].in names the domain "moon"',
      'There are: none.',
    ],
    [
      `procedures: { p: { title: P, ${STEPS.replace('human.task', 'procedure')} } }`,
      'procedures.p.steps[0].with.procedure names the procedure ""',
      'Did you mean p?',
    ],
    [
      `procedures: { p: { title: P, ${STEPS} }, q: { title: Q, ${STEPS.replace('human.task', 'procedure, with: { procedure: p, from: on, to: one, without: [two] }')} } }`,
      'procedures.q.steps[0].with.from names the step "on"',
      'Did you mean one?',
    ],
    [
      'controls: { c: { standard: SOC 2, requires: x, evidence: [drill.restore] } }',
      'controls.c has the evidence "drill.restore", and there is nothing at that path',
      'Did you mean drills?',
    ],
    [
      'drills: { d: { title: D, kind: restore, every: weekly } }\ncontrols: { c: { standard: SOC 2, requires: x, evidence: [drills.e] } }',
      'controls.c has the evidence "drills.e"',
      'Did you mean drills.d?',
    ],
  ])('%s', (parts, message, hint) => {
    const finding = loaded(withParts(parts)).findings.find((one) => one.message.includes(message));
    expect(finding).toMatchObject({ rule: 'plan.reference', level: 'error' });
    expect(finding?.hint).toContain(hint);
    expect(finding?.at.line).toBeGreaterThan(PLAN.split('\n').length - 1);
  });

  test.each<[string, string, string]>([
    ['people: [ann]', 'people: [ann], vendor: firm', 'roles.keeper.vendor names the vendor "firm"'],
    ['people: [ann]', 'people: [ann], reports_to: boss', 'roles.keeper.reports_to names the role "boss"'],
    [
      '    needs: [database]',
      '    needs: [database]\n    class: first',
      'components.api.class names the class "first"',
    ],
    [
      '    needs: [database]',
      '    needs: [database]\n    also_in: [moon]',
      'components.api.also_in[0] names the domain "moon"',
    ],
    [
      'method: postgres.base_backup, every: 24h',
      'method: postgres.base_backup, every: 24h, copies: [{ domain: moon, key_in: sun }], verify: [{ how: restore, into: lab }]',
      'components.database.backups[0].copies[0].domain names the domain "moon"',
    ],
    [
      'method: postgres.base_backup, every: 24h',
      'method: postgres.base_backup, every: 24h, verify: [{ how: restore, into: lab }]',
      'components.database.backups[0].verify[0].into names the environment "lab"',
    ],
    [
      'loses: [database]',
      'loses: [database]\n    loses_domains: [moon]',
      'scenarios.deletion.loses_domains[0] names the domain',
    ],
    [
      'loses: [database]',
      'loses: [database]\n    severity: sev1',
      'scenarios.deletion.severity names the severity "sev1"',
    ],
    [
      'loses: [database]',
      'loses: [database]\n    failback: back',
      'scenarios.deletion.failback names the scenario "back"',
    ],
    ['  production: {}', '  production: { domain: moon }', 'environments.production.domain names the domain "moon"'],
  ])('%s -> %s', (from, to, message) => expect(said(edit(from, to)).join('\n')).toContain(message));

  test('all of them are told at once', () =>
    expect(said(edit('people: [ann]', 'people: [x, y], vendor: z, reports_to: w'))).toHaveLength(4));
});

describe('names that lead somewhere', () => {
  test('who declares a domain has declared those above it', () => {
    const text = edit('loses: [database]', 'loses: [database]\n    loses_domains: [aws, aws/east]');
    expect(said(`${text}domains: { aws/east/a: { title: A zone } }\n`)).toEqual([]);
    expect(said(`${text}domains: { aws: { title: A provider } }\n`).join()).toContain('the domain "aws/east"');
  });

  test('a fail-back that is not needed names nothing', () =>
    expect(said(edit('loses: [database]', 'loses: [database]\n    failback: { not_needed: nothing moved }'))).toEqual(
      [],
    ));

  test('a drill may name steps of the procedures its scenario uses', () => {
    const text = edit(
      '      - id: verify',
      '      - { id: copy, uses: procedure, with: { procedure: p } }\n      - id: verify',
    );
    const drill = (step: string) =>
      `drills: { d: { title: D, kind: restore, every: weekly, scenarios: [deletion], steps: { from: ${step} } } }\n`;
    const procedure = `procedures: { p: { title: P, ${STEPS} } }\n`;
    expect(said(text + procedure + drill('one'))).toEqual([]);
    expect(said(text + procedure + drill('copy'))).toEqual([]);
    expect(said(text + procedure + drill('two'))).toHaveLength(1);
  });

  test('evidence is found by its path, steps by their names', () => {
    const evidence = '["components.database.backups[0]", scenarios.deletion.steps.find, plan.owner, components.api]';
    expect(said(withParts(`controls: { c: { standard: SOC 2, requires: x, evidence: ${evidence} } }`))).toEqual([]);
  });
});

describe('circles and doubles', () => {
  test('roles that report to each other', () =>
    expect(said(edit('people: [ann] }', 'people: [ann], reports_to: keeper }')).join()).toContain(
      'roles that report to each other in a circle have nobody above them: keeper → keeper',
    ));

  test('procedures that use each other', () =>
    expect(
      said(
        withParts(
          'procedures: { p: { title: P, steps: [{ id: a, uses: procedure, with: { procedure: q } }] }, q: { title: Q, steps: [{ id: b, uses: procedure, with: { procedure: p } }] } }',
        ),
      ).join(),
    ).toContain('procedures that use each other in a circle never end: p → q → p'));

  test('steps of a procedure', () => {
    const twice = 'procedures: { p: { title: P, steps: [{ id: a, uses: human.task }, { id: a, uses: human.task }] } }';
    expect(said(withParts(twice)).join()).toContain('two steps of procedures.p are called "a"');
    const circle = 'procedures: { p: { title: P, steps: [{ id: a, uses: human.task, needs: [a] }] } }';
    expect(said(withParts(circle)).join()).toContain('steps that need each other in a circle');
  });
});

describe('expressions of procedures', () => {
  const step = (text: string) =>
    withParts(
      `procedures: { p: { title: P, inputs: { size: { describe: How much } }, steps: [{ id: a, uses: human.task }, { id: b, uses: human.task, with: { text: "\${{ ${text} }}" } }] } }`,
    );

  test.each(['run.id', 'inputs.size', 'steps.a.outputs.x', 'components.api.kind'])('%s waits for the run', (text) =>
    expect(said(step(text))).toEqual([]),
  );

  test.each([
    ['inputs.actor', 'uses the input "actor", which does not exist'],
    ['steps.find.outputs.x', 'uses the step "find", which does not exist'],
    ['steps.b.outputs.x', 'nothing makes that step run before "b"'],
    ['1 +', 'this is not a valid expression'],
  ])('%s is wrong', (text, message) => expect(said(step(text)).join()).toContain(message));
});
