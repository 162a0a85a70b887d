import { describe, expect, test } from 'vitest';
import { messages, saidBy } from '../../checked-plan.fake.ts';

describe('rpo-is-reachable shows its numbers', () => {
  const said = (fragment: string) => messages('rpo-is-reachable', fragment);
  const backups = (list: string, more = '') => `
components: { database: { backups: ${list}, objectives: { rto: 1h, rpo: 6h } }, api: { objectives: { rto: 1h, rpo: 6h } } }
scenarios: { loss: { objectives: { rto: 1h, rpo: 6h } } }
${more}`;

  test('the interval alone is not the loss: taking the copy counts too', () => {
    expect(said(backups('[{ method: postgres.dump, every: 6h, takes: 20m }]'))).toContain(
      'database promises to lose at most 6h, and database can lose 6h + 20m: postgres.dump is taken every 6h, and that takes 20m',
    );
    expect(said(backups('[{ method: postgres.dump, every: 5h, takes: 20m }]'))).toEqual([]);
  });

  test('the best of several copies counts', () =>
    expect(
      said(backups('[{ method: postgres.dump, every: 1d }, { method: postgres.base_backup, every: 4h }]')),
    ).toEqual([]));

  test('an interval as long as the RPO is too long, however quick the copy is', () => {
    expect(said(backups('[{ method: postgres.dump, every: 6h }]'))).toContain(
      'database promises to lose at most 6h, and database can lose 6h + the time it takes: postgres.dump is taken every 6h, and nobody says how long that takes',
    );
    expect(said(backups('[{ method: postgres.dump, every: 5h }]'))).toEqual([]);
  });

  test('a promise without any copy, or without a cadence, cannot be kept', () => {
    expect(said(backups('[]'))).toContain(
      'database promises to lose at most 6h, and nothing copies database at a known interval',
    );
    expect(said(backups('[{ method: postgres.dump }]'))).toHaveLength(3);
  });

  test('a service is judged by the data it keeps elsewhere, and one without data promises nothing', () => {
    expect(said(backups('[{ method: postgres.dump, every: 1d }]')).join('\n')).toContain(
      'api promises to lose at most 6h, and database can lose 1d',
    );
    expect(said(backups('[{ method: postgres.dump, every: 1h }]', ''))).toEqual([]);
    expect(
      messages('rpo-is-reachable', 'components: { api: { needs: [], objectives: { rto: 1h, rpo: "0" } } }'),
    ).toEqual([]);
  });

  test('nothing at all may be lost only while the server lives', () => {
    const zero = 'components: { database: { objectives: { rto: 1h, rpo: "0" } } }';
    expect(said(zero)).toEqual([
      'database promises to lose at most 0, and database can lose 5s: what the stream of the log has not stored yet when the server dies',
    ]);
    const side =
      'scenarios: { loss: { objectives: { rto: 1h, rpo: "0" }, steps: [{ id: verify, uses: postgres.verify_server, with: { component: database } }] } }';
    expect(said(side)).toEqual([]);
    expect(
      said(
        `${side}\ncomponents: { database: { backups: [{ method: postgres.base_backup, every: 1h }], objectives: { rto: 1h, rpo: 1h } } }`,
      ),
    ).toContain(
      'loss promises to lose at most 0, and database can lose 1h + the time it takes: postgres.base_backup is taken every 1h, and nobody says how long that takes',
    );
  });
});

describe('rto-is-reachable shows its numbers', () => {
  const steps = (rto: string, list: string, more = '') =>
    `scenarios: { loss: { objectives: { rto: ${rto}, rpo: 5m }, ${more} steps: [${list}] } }`;
  const said = (...plan: Parameters<typeof steps>) => messages('rto-is-reachable', steps(...plan));
  const step = (id: string, more: string) =>
    `{ id: ${id}, uses: postgres.verify_server, with: { component: database }, ${more} }`;

  test('31 minutes do not fit into 30', () =>
    expect(said('30m', `${step('a', 'expect: 16m')}, ${step('verify', 'expect: 10m')}`)).toEqual([
      'loss promises 30m until "verify", and it takes 31m: noticing 5m + a 16m + verify 10m',
    ]));

  test('steps side by side count once, steps after healthy not at all', () => {
    const list = [
      step('a', 'expect: 20m'),
      step('b', 'expect: 10m, needs: []'),
      step('verify', 'expect: 5m, needs: [a, b]'),
      step('late', 'expect: 5h'),
    ];
    expect(said('30m', list.join(', '))).toEqual([]);
  });

  test('the time that people may take to approve counts', () =>
    expect(said('30m', step('verify', 'expect: 20m, approve: { role: keeper, within: 10m }')).join()).toContain(
      'it can take 35m: noticing 5m + approving verify 10m + verify 20m',
    ));

  test('what is not known counts also when it stands beside the longest way', () => {
    const list = [step('a', 'expect: 20m'), step('b', 'needs: []'), step('verify', 'expect: 1m, needs: [a, b]')];
    expect(said('30m', list.join(', ')).join()).toContain('how long b takes (expect)');
  });

  test('what the plan does not say is said, and is a warning while the rest fits', () => {
    const open = `${step('a', 'approve: { role: keeper }')}, ${step('verify', 'expect: 5m')}`;
    const [finding] = saidBy('rto-is-reachable', steps('30m', open));
    expect(finding?.level).toBe('warning');
    expect(finding?.message).toBe(
      'loss promises 30m until "verify", which cannot be proven: the plan does not say how long approving a may take (approve.within), how long a takes (expect)',
    );
    expect(saidBy('rto-is-reachable', steps('5m', open))[0]?.level).toBe('error');
  });

  test('a circle of steps ends the sum', () =>
    expect(() =>
      said('30m', `${step('a', 'expect: 1m, needs: [verify]')}, ${step('verify', 'expect: 1m')}`),
    ).not.toThrow());
});

describe('objective-conflict', () => {
  const said = (fragment: string) => messages('objective-conflict', fragment);

  test('names both promises', () => {
    expect(said('components: { api: { objectives: { rto: 15m, rpo: 1m } } }').sort()).toEqual([
      'api promises an RPO of 1m, and needs database, which promises 5m',
      'api promises an RTO of 15m, and needs database, which promises 1h',
      'loss may have an RPO of 5m, and api, which is lost in it, promises 1m',
      'loss may have an RTO of 1h, and api, which is lost in it, promises 15m',
    ]);
  });

  test('a scenario may promise more than a component', () =>
    expect(said('scenarios: { loss: { objectives: { rto: 30m, rpo: 1m } } }')).toEqual([]));

  test('without promises there is no conflict', () =>
    expect(said('components: { api: { objectives: ~ } }'.replace('objectives: ~', 'title: x'))).toEqual([]));
});
