import { describe, expect, test } from 'vitest';
import { messages, saidBy } from '../../checked-plan.fake.ts';

const steps = (list: string, more = '') => `scenarios: { loss: { ${more} steps: [${list}] } }`;
const VERIFY = '{ id: verify, uses: postgres.verify_server, with: { component: database } }';

describe('unknown-action', () => {
  const said = (list: string) => messages('unknown-action', steps(`${list}, ${VERIFY}`));

  test.each([
    [
      '{ id: a, uses: postgres.verify_servr, with: { component: database } }',
      'the action postgres.verify_servr is not available in this build',
    ],
    ['{ id: a, uses: postgres.verify_server }', 'postgres.verify_server needs "component"'],
    [
      '{ id: a, uses: postgres.verify_server, with: { component: database, table: x } }',
      'postgres.verify_server takes no "table"',
    ],
    [
      '{ id: a, uses: postgres.verify_server, with: { component: 5 } }',
      'postgres.verify_server does not take this component: ',
    ],
    ['{ id: a, uses: postgres.verify_server, with: { component: databse } }', 'the plan has no component "databse"'],
    [
      '{ id: a, uses: postgres.restore_side, with: { component: database, before_xid: soon } }',
      'does not take this before_xid: ',
    ],
  ])('%s', (step, message) => {
    const said_ = said(step);
    expect(said_).toHaveLength(1);
    expect(said_[0]).toContain(message);
  });

  test('what an expression may still put right is left to the run', () =>
    expect(
      said('{ id: a, uses: postgres.restore_side, with: { component: database, before_xid: "${{ inputs.xid }}" } }'),
    ).toEqual([]));

  test('proposes the nearest name', () =>
    expect(saidBy('unknown-action', steps('{ id: verify, uses: postgres.verify_servr }'))[0]?.hint).toBe(
      'Did you mean postgres.verify_server?',
    ));

  test('a build without actions is not asked', () =>
    expect(
      saidBy('unknown-action', steps('{ id: verify, uses: x.y }'), { now: new Date('2026-06-01'), actions: new Map() }),
    ).toEqual([]));
});

describe('destructive-without-approval', () => {
  const said = (list: string, more = '') =>
    messages('destructive-without-approval', `${steps(`${list}, ${VERIFY}`)}\n${more}`);
  const step = (uses: string) => `{ id: a, uses: ${uses}, with: { component: database, role: x, instance: y } }`;

  test.each([
    ['postgres.restore_server', 'alters what is there'],
    ['postgres.open_server', 'alters what is there'],
    ['postgres.drop_everything', 'destroys what cannot be brought back'],
  ])('%s needs an approval', (uses, words) =>
    expect(said(step(uses))).toEqual([`the step "a" ${words}, and nobody approves it`]),
  );

  test.each([
    'postgres.block_role',
    'postgres.unblock_role',
    'postgres.discard_side',
    'postgres.restore_side',
    'http.wait_healthy',
  ])('%s needs none', (uses) => expect(said(step(uses))).toEqual([]));

  test('an environment that is not protected asks for none', () =>
    expect(said(step('postgres.restore_server'), 'environments: { production: { protected: false } }')).toEqual([]));
});

describe('obligation-left-open', () => {
  const said = (...list: string[]) => messages('obligation-left-open', steps([...list, VERIFY].join(', ')));
  const BLOCK = '{ id: block, uses: postgres.block_role, with: { component: database, role: "${{ inputs.who }}" } }';
  const unblock = (role: string, more = '') =>
    `{ id: unblock, uses: postgres.unblock_role, with: { component: database, role: "${role}" }, ${more} }`;
  const SIDE = '{ id: side, uses: postgres.restore_side, with: { component: database } }';
  const discard = (instance: string) =>
    `{ id: discard, uses: postgres.discard_side, with: { component: database, instance: "${instance}" } }`;

  test('the same role, written as the same expression', () => {
    expect(said(BLOCK, unblock("${{ inputs['who'] }}"))).toEqual([]);
    expect(said(BLOCK, unblock('${{ inputs.other }}'))).toHaveLength(1);
    expect(said(BLOCK)).toEqual([
      'the step "block" leaves something behind, and no later step puts it back: ${{ inputs.who }} is blocked',
    ]);
  });

  test('a step that may run before does not count', () =>
    expect(said(BLOCK, unblock('${{ inputs.who }}', 'needs: []'))).toHaveLength(1));

  test('what the run names itself must come from the outputs of the step', () => {
    expect(said(SIDE, discard('${{ steps.side.outputs.instance }}'))).toEqual([]);
    expect(said(SIDE, discard('${{ inputs.which }}'))).toHaveLength(1);
    expect(said(SIDE)[0]).toContain('the side instance side-this run runs');
  });
});

describe('no-verification and healthy-before-verified', () => {
  const RESTORE = '{ id: restore, uses: postgres.restore_server, with: { component: database } }';

  test('looking before the first change proves nothing', () =>
    expect(messages('no-verification', steps(`${VERIFY}, ${RESTORE}`))).toEqual([
      'no step of loss looks whether the recovery has worked',
    ]));

  test('a runbook that only reads needs no further look', () =>
    expect(messages('no-verification', steps(VERIFY))).toEqual([]));

  test('healthy may come later than the verification', () =>
    expect(
      messages(
        'healthy-before-verified',
        steps(
          `${RESTORE}, ${VERIFY}, { id: open, uses: postgres.open_server, with: { component: database } }`,
          'healthy: open,',
        ),
      ),
    ).toEqual([]));
});

describe('unbounded-step', () => {
  const said = (more: string) =>
    messages('unbounded-step', steps(VERIFY.replace(' }', `}, ${more} `).replace('database}', 'database }')));

  test('no time at all, too little time, and no end', () => {
    expect(said('timeout: "0"')).toEqual(['the step "verify" is given no time at all']);
    expect(said('expect: 10m, timeout: 10m')).toEqual([
      'the step "verify" is expected to take 10m, and is broken off after 10m',
    ]);
    expect(said('expect: 30m')).toEqual([
      'the step "verify" is expected to take 30m, and is broken off after the 20m of postgres.verify_server',
    ]);
    expect(said('approve: { role: keeper }')).toEqual(['the step "verify" waits for an approval without end']);
  });
});
