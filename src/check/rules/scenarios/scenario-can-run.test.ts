import { describe, expect, test } from 'vitest';
import { FACTS, saidBy } from '../../checked-plan.fake.ts';

const scenario = (more: string) => `scenarios: { other: { title: Other, loses: [api], ${more} } }`;
const STEPS = 'steps: [{ id: look, uses: postgres.verify_server, with: { component: database } }]';
const lines = (rule: string, fragment: string, recovering?: string): string[] =>
  saidBy(rule, fragment, recovering === undefined ? FACTS : { ...FACTS, recovering }).map(
    ({ level, message }) => `${level} ${message}`,
  );

describe('scenario-can-run', () => {
  const said = (more: string, recovering?: string) => lines('scenario-can-run', scenario(more), recovering);

  test('a disaster with steps says when it is over', () =>
    expect(said(STEPS)).toEqual(['error other does not say after which step the service is healthy again']));

  test.each(['rollback', 'degradation', 'security'])('a %s need not, unless it is carried out', (kind) => {
    expect(said(`kind: ${kind}, ${STEPS}`)).toEqual([]);
    expect(said(`kind: ${kind}, ${STEPS}`, 'loss')).toEqual([]);
    expect(said(`kind: ${kind}, ${STEPS}`, 'other')).toHaveLength(1);
  });

  test('without steps it can be written, not carried out', () => {
    expect(said('steps: []')).toEqual([]);
    expect(said('steps: []', 'other')).toEqual(['error other has no steps: there is nothing to carry out']);
  });

  test('a step that proves another one may not be left out', () => {
    const inner = (id: string, more = '') =>
      `{ id: ${id}, uses: postgres.verify_server, with: { component: database }${more} }`;
    const use = '{ id: move, uses: procedure, with: { procedure: move, without: [fence] } }';
    const plan = `${scenario(`healthy: move, steps: [${use}]`)}\nprocedures: { move: { title: Move, steps: [${inner('fence')}, ${inner('go', ', proven: [fence]')}] } }`;
    expect(lines('scenario-can-run', plan, 'other')).toEqual([
      'error move.go acts only when move.fence is proven, and that is left out here',
    ]);
  });

  test('what is demanded or confirmed stands at the steps of a procedure', () => {
    const use =
      '{ id: move, uses: procedure, with: { procedure: move }, safety_point: database, confirm: { role: keeper } }';
    const plan = `${scenario(`healthy: move, steps: [${use}]`)}\nprocedures: { move: { title: Move, steps: [{ id: a, uses: human.task, with: { instruction: x } }] } }`;
    expect(lines('scenario-can-run', plan, 'other')).toEqual([
      'error move uses a procedure, and its safety_point would not count',
      'error move uses a procedure, and its confirm would not count',
    ]);
  });

  test('alternatives can be carried out', () => {
    const way = `healthy: look, ${STEPS.replace('id: look', 'id: look, one_of: way')}`;
    expect(said(way, 'other')).toEqual([]);
  });

  test('alternatives that come one after the other cannot', () => {
    const entangled = STEPS.replace('[{', '[{ id: one, uses: postgres.verify_server, one_of: way }, {').replace(
      'id: look',
      'id: look, one_of: way, needs: [one]',
    );
    expect(said(`healthy: look, ${entangled}`, 'other')).toEqual([
      'error look waits for one, and only one of the two is taken',
    ]);
  });

  test.each(['success: "${{ true }}"', 'retry: { times: 1 }', 'timeout: 5m'])(
    'of a procedure as a whole %s says nothing, and must not look as if it did',
    (field) => {
      const use = `healthy: all, steps: [{ id: all, uses: procedure, with: { procedure: p }, ${field} }]`;
      expect(said(use)).toEqual([]);
      expect(said(use, 'other')).toEqual([
        `error all uses a procedure, and its ${field.split(':')[0]} would not count`,
      ]);
    },
  );
});

describe('unknown-action', () => {
  const said = (uses: string, recovering?: string) =>
    lines('unknown-action', scenario(`healthy: look, steps: [{ id: look, uses: ${uses} }]`), recovering).map(
      (line) => line.split(' ')[0],
    );

  test.each(['human.task', 'time.wait', 'rds.restore_to_time', 'mysql.verify_server'])(
    '%s may be named, and refuses the recovery that needs it',
    (uses) => {
      expect(said(uses)).toEqual(['warning']);
      expect(said(uses, 'loss')).toEqual(['warning']);
      expect(said(uses, 'other')).toEqual(['error']);
    },
  );

  test.each(['postgres.restore_servr', 'postgres.frobnicate', 'postgress.verify_server', 'restore', 'Ask somebody'])(
    '%s is a slip of the pen',
    (uses) => expect(said(uses)).toEqual(['error']),
  );

  test('a procedure is no action: only what stands in its place must be there', () => {
    const use = scenario('healthy: look, steps: [{ id: look, uses: procedure, with: { procedure: p } }]');
    const p = (uses: string) => `${use}\nprocedures: { p: { title: P, steps: [{ id: a, uses: ${uses} }] } }`;
    const levels = (uses: string, recovering?: string) =>
      lines('unknown-action', p(uses), recovering).map((line) => line.split(' ')[0]);
    expect(levels('mysql.look')).toEqual(['warning']);
    expect(levels('mysql.look', 'loss')).toEqual(['warning']);
    expect(levels('mysql.look', 'other')).toEqual(['error']);
    expect(levels('procedure, with: { procedure: p }')).toEqual([]);
    expect(lines('unknown-action', p('procedure, with: { procedure: p }'), 'other')).toEqual([
      'error a uses a procedure whose steps cannot be put in its place',
    ]);
  });

  test('procedures are looked at too', () =>
    expect(
      lines('unknown-action', 'procedures: { p: { title: P, steps: [{ id: a, uses: postgres.verify_servr }] } }'),
    ).toEqual(['error the action postgres.verify_servr is not available in this build']));
});
