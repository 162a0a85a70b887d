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

  test('alternatives can be written, not carried out', () => {
    const way = `healthy: look, ${STEPS.replace('id: look', 'id: look, one_of: way')}`;
    expect(said(way)).toEqual([]);
    expect(said(way, 'other')[0]).toContain('this build cannot choose among alternatives');
  });
});

describe('unknown-action', () => {
  const said = (uses: string, recovering?: string) =>
    lines('unknown-action', scenario(`healthy: look, steps: [{ id: look, uses: ${uses} }]`), recovering).map(
      (line) => line.split(' ')[0],
    );

  test.each(['shell.run', 'human.task', 'time.wait', 'procedure', 'rds.restore_to_time', 'mysql.verify_server'])(
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

  test('procedures are looked at too', () =>
    expect(
      lines('unknown-action', 'procedures: { p: { title: P, steps: [{ id: a, uses: postgres.verify_servr }] } }'),
    ).toEqual(['error the action postgres.verify_servr is not available in this build']));
});
