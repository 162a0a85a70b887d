import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../plan/load.ts';
import { check } from '../check.ts';
import { FACTS } from '../checked-plan.fake.ts';
import { scenarioPath } from '../critical-path.ts';

const task = (more: string) => `uses: human.task, with: { instruction: "Look \${{ item }}" }${more}`;

function loaded(steps: string, procedures = '') {
  const text = `lifeboat: 1
plan: { name: shop, title: Shop, owner: keeper, version: "1" }
environments: { production: {} }
roles: { keeper: {} }
components: { database: { kind: service, health: { url: "http://127.0.0.1/" } } }
${procedures}
scenarios:
  loss:
    title: Loss
    steps:
${steps}
`;
  return loadPlan({ file: 'lifeboat.yaml', text, env: () => undefined, mode: 'check' });
}

const found = (steps: string, procedures = ''): readonly string[] => {
  const plan = loaded(steps, procedures);
  if (!plan.ok) return plan.findings.map(({ message }) => message);
  const ours = [
    'plan.reference',
    'for-each-is-whole',
    'unknown-output',
    'deadline-leaves-time-enough',
    'pauses-grow-as-written',
  ];
  return check(plan, FACTS).flatMap(({ rule, message }) => (ours.includes(rule) ? [message] : []));
};

describe('item and index', () => {
  test('are seen by with and success of a step with for_each', () =>
    expect(found(`      - { id: one, for_each: [a], success: "\${{ index < 9 }}", ${task('')} }`)).toEqual([]));

  test.each([
    ['a step without for_each', `      - { id: one, ${task('')} }`],
    ['the condition of the whole', `      - { id: one, for_each: [a], when: "\${{ item == 'a' }}", ${task('')} }`],
    ['the list itself', `      - { id: one, for_each: "\${{ [item] }}", ${task('')} }`],
  ])('are not there for %s', (_, steps) =>
    expect(found(steps)).toEqual([expect.stringContaining('not carried out for one of several items')]),
  );

  const procedures = `procedures:\n  look: { title: Look, steps: [{ id: in, ${task('')} }] }`;
  const use = (id: string, more: string) =>
    `      - { id: ${id}, uses: procedure, with: { procedure: look }${more} }\n`;

  test('are seen by the steps of a procedure that is used for each', () =>
    expect(found(use('one', ', for_each: [a, b]'), procedures)).toEqual([]));

  test('are not there when it is also used without', () =>
    expect(found(use('one', ', for_each: [a, b]') + use('two', ''), procedures)).toEqual([
      expect.stringContaining('not carried out for one of several items'),
    ]));

  test('a list is worked out from what is known by then', () =>
    expect(found(`      - { id: one, for_each: "\${{ steps.two.outputs.x }}", ${task('')} }`)).toEqual([
      expect.stringContaining('uses the step "two", which does not exist'),
    ]));
});

describe('what is said of items', () => {
  test.each([
    ['at_once: 2', 'says at_once'],
    ['may_fail: 2', 'says may_fail'],
    ['may_be_empty: true', 'says may_be_empty'],
    ['for_each: tables', 'it is not a list'],
    ['for_each: []', 'an empty list'],
  ])('%s is refused', (more, words) =>
    expect(found(`      - { id: one, uses: human.task, with: { instruction: Look }, ${more} }`)).toEqual([
      expect.stringContaining(words),
    ]),
  );

  test('in a procedure, too', () =>
    expect(
      found(
        '      - { id: use, uses: procedure, with: { procedure: look } }',
        'procedures:\n  look: { title: Look, steps: [{ id: in, uses: human.task, with: { instruction: Look }, at_once: 2 }] }',
      ),
    ).toEqual([expect.stringContaining('says at_once')]));

  test('an empty list that may be empty is none', () =>
    expect(
      found('      - { id: one, uses: human.task, with: { instruction: Look }, for_each: [], may_be_empty: true }'),
    ).toEqual([]));
});

describe('what it puts out', () => {
  const taken = (output: string) => `      - { id: one, for_each: [a], ${task('')} }
      - { id: two, uses: human.task, with: { instruction: "\${{ steps.one.outputs.${output} }}" } }`;

  test('is how all items ended', () => expect(found(taken('failed'))).toEqual([]));
  test('is not what one of them puts out', () =>
    expect(found(taken('answer'))).toEqual([expect.stringContaining('puts out no "answer" as a whole')]));
  test('its own success is asked of each item', () =>
    expect(found(`      - { id: one, for_each: [a], success: "\${{ outputs.answer != '' }}", ${task('')} }`)).toEqual(
      [],
    ));
});

describe('how long it takes', () => {
  const path = (steps: string, procedures = '') => {
    const plan = loaded(steps, procedures);
    if (!plan.ok) expect.fail(JSON.stringify(plan.findings));
    return scenarioPath(plan.plan, 'loss');
  };

  test('the time of one, as many times as there are rounds', () =>
    expect(path(`      - { id: one, for_each: [a, b, c, d, e], at_once: 2, expect: 10m, ${task('')} }`).max).toBe(
      30 * 60_000,
    ));

  test('of a procedure all its steps', () =>
    expect(
      path(
        '      - { id: use, uses: procedure, with: { procedure: look }, for_each: [a, b] }',
        `procedures:\n  look: { title: Look, steps: [{ id: in, expect: 1m, ${task('')} }, { id: out, expect: 2m, ${task('')} }] }`,
      ).max,
    ).toBe(6 * 60_000));

  test('nobody knows, where only the run finds the items', () =>
    expect(path(`      - { id: one, for_each: "\${{ run.id }}", expect: 10m, ${task('')} }`).unknown.join()).toContain(
      'for how many items',
    ));
});
