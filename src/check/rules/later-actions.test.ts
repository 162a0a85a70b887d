import { describe, expect, test } from 'vitest';
import { messages } from '../checked-plan.fake.ts';

/* Plans may name actions that this build does not have. Of these no more is known than their names, and the rules about order go by them. */
const steps = (list: readonly string[], more = '') => `scenarios: { loss: { ${more} steps: [${list.join(', ')}] } }`;
const step = (id: string, uses: string, more = '') => `{ id: ${id}, uses: ${uses}, ${more} }`;
const RESTORE = step('restore', 'rds.restore_to_time', 'with: { component: database }');

describe('destructive-without-approval', () => {
  const said = (uses: string, more = '') => messages('destructive-without-approval', steps([step('a', uses, more)]));

  test.each(['rds.delete', 'rds.delete_instance', 's3.purge', 'sql.drop_table'])('%s needs an approval', (uses) => {
    expect(said(uses)).toEqual([
      'the step "a" destroys what cannot be brought back, as its name says, and nobody approves it',
    ]);
    expect(said(uses, 'approve: { role: keeper, within: 10m }')).toEqual([]);
  });

  test.each(['s3.undelete', 'rds.find_deleted'])('%s does not', (uses) => expect(said(uses)).toEqual([]));
});

describe('no-verification', () => {
  const said = (...list: readonly string[]) => messages('no-verification', steps(list));

  test('a restore by an action of a later build is looked at, too', () => {
    expect(said(RESTORE)).toEqual(['no step of loss looks whether the recovery has worked']);
    expect(said(RESTORE, step('rows', 'sql.verify'))).toEqual([]);
  });

  test('a step that says it looks, by an action that reads, looks', () => {
    expect(said(RESTORE, step('verify', 'replica.read_lag'))).toEqual([]);
    expect(said(RESTORE, step('verify', 'chat.post'))).toHaveLength(1);
    expect(said(RESTORE, step('delay', 'replica.read_lag'))).toHaveLength(1);
  });

  test('what does nothing needs no look', () => expect(said(step('tell', 'chat.post'))).toEqual([]));
});

describe('healthy-before-verified', () => {
  const said = (healthy: string) =>
    messages('healthy-before-verified', steps([RESTORE, step('rows', 'sql.verify')], `healthy: ${healthy},`));

  test('the clock does not stop before an action of a later build has looked', () => {
    expect(said('restore')).toEqual(['loss counts as healthy after "restore", before anything was verified']);
    expect(said('rows')).toEqual([]);
  });
});

describe('traffic-after-verification', () => {
  test('workloads are needed by those who are sent to them', () => {
    const list = [step('dns', 'dns.switch'), step('workloads', 'k8s.apply'), step('rows', 'sql.verify')];
    expect(messages('traffic-after-verification', steps(list))).toEqual([
      'the step "dns" moves traffic before "workloads" has run',
    ]);
  });

  test('of many steps that come too late the first ones are named', () => {
    const late = Array.from({ length: 8 }, (_, index) => step(`scale${index}`, 'k8s.scale'));
    expect(messages('traffic-after-verification', steps([step('dns', 'dns.switch'), ...late]))).toEqual([
      'the step "dns" moves traffic before "scale0", "scale1", "scale2", "scale3", "scale4" and 3 more have run',
    ]);
  });
});

describe('consumers-are-reloaded', () => {
  const said = (id: string, ...later: readonly string[]) =>
    messages('consumers-are-reloaded', steps([step(id, 'parameters.set'), ...later]));

  test('a parameter that says where the database is, is read when a program starts', () => {
    expect(said('repoint')).toHaveLength(1);
    expect(said('repoint', step('api', 'ecs.deploy'))).toEqual([]);
  });

  test('a switch is not', () => expect(said('payments-later')).toEqual([]));
});

describe('found-value-is-used', () => {
  const find = (more = '') => step('find', 'rds.find_point', `with: { component: database }, ${more}`);
  const said = (...list: readonly string[]) => messages('found-value-is-used', steps(list));
  const taking = (text: string) => step('restore', 'rds.restore_to_time', `with: { at: "${text}" }`);

  test('what a step asks of its own outputs is no use of what it found', () =>
    expect(said(find('success: "${{ outputs.loss_minutes <= 60 }}"'), RESTORE)).toHaveLength(1));

  test.each(['${{ steps.find.outputs.at }}', "${{ steps['find'].outputs.at }}"])('%s is one', (text) =>
    expect(said(find(), taking(text))).toEqual([]),
  );

  test('a step that is named like another one is not that one', () => {
    const other = step('find_late', 'sql.query', 'with: { sql: x }');
    expect(said(find(), other, taking('${{ steps.find_late.outputs.at }}'))).toHaveLength(1);
  });
});
