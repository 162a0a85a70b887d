import { expect, test } from 'vitest';
import { loadPlan } from '../../plan/load.ts';
import { check } from '../check.ts';
import { FACTS } from '../checked-plan.fake.ts';

const TEXT = (taken: string) => `lifeboat: 1
plan: { name: shop, title: Shop, owner: keeper, version: "1" }
environments: { production: {} }
roles: { keeper: {} }
components: { database: { kind: service, health: { url: "http://127.0.0.1/" } } }
procedures:
  look: { title: Look, steps: [{ id: one, uses: human.task, with: { instruction: Look } }, { id: two, uses: human.task, with: { instruction: Look } }] }
scenarios:
  loss:
    title: Loss
    steps:
      - { id: part, uses: procedure, with: { procedure: look, without: [two] } }
      - { id: tell, uses: human.task, with: { instruction: "It is \${{ steps.part.outputs.${taken} }}" } }
`;

test.each([
  ['one.answer', []],
  ['on.answer', ['procedure (step part) puts out no "on"']],
  ['two.answer', ['procedure (step part) puts out no "two"']],
])('a procedure puts out what its steps put out: %s', (taken, messages) => {
  const loaded = loadPlan({ file: 'lifeboat.yaml', text: TEXT(taken), env: () => undefined, mode: 'check' });
  if (!loaded.ok) expect.fail(JSON.stringify(loaded.findings));
  const found = check(loaded, FACTS).filter(({ rule }) => rule === 'unknown-output');
  expect(found.map(({ message }) => message)).toEqual(messages);
});
