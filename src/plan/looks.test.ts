import { describe, expect, test } from 'vitest';
import { planWith } from '../check/checked-plan.fake.ts';
import { loadPlan } from './load.ts';

const text = (until: string, braces = '') => `
lifeboat: 1
plan: { name: shop, title: The shop, owner: keeper, version: "1" }
environments: { production: {} }
people: { ann: { name: Ann Example } }
roles: { keeper: { people: [ann] } }
components: { api: { kind: service, health: { url: "http://127.0.0.1:8080/" } } }
scenarios:
  loss:
    title: Loss
    loses: [api]
    inputs: { host: { describe: The host } }
    healthy: hold
    steps:
      - { id: first, uses: shell.run, with: { command: "true" } }
      - id: hold
        uses: time.wait_until
        with: { uses: shell.look, with: { command: "ping ${braces}" }, until: '${until}', within: 1m }
`;
const said = (until: string, braces?: string): readonly string[] => {
  const loaded = loadPlan({ file: 'plan.yaml', text: text(until, braces), env: () => undefined, mode: 'check' });
  return loaded.findings.map(({ message }) => message);
};

describe('what ends a look', () => {
  test('sees outputs, inputs and earlier steps, and is read without braces', () => {
    expect(said('outputs.exit_code == 0')).toEqual([]);
    expect(said('outputs.stdout == inputs.host && steps.first.outputs.exit_code == 0')).toEqual([]);
    expect(said('outputs.exit_code == 0', '${{ inputs.host }}')).toEqual([]);
  });

  test.each([
    ['what is no CEL', 'outputs.exit_code ==', 'this is not a valid expression'],
    [
      'a step that does not exist',
      'outputs.exit_code == steps.frist.outputs.x',
      'uses the step "frist", which does not exist',
    ],
    ['a name that does not exist', 'output.exit_code == 0', 'uses the name "output", which does not exist'],
  ])('is refused for %s', (_, until, message) => expect(said(until).join('\n')).toContain(message));

  test('only there: the input of the action that looks sees no outputs', () =>
    expect(said('outputs.exit_code == 0', '${{ outputs.exit_code }}').join('\n')).toContain('uses outputs'));

  test('is told to check with the action that gives the output', () => {
    const { outputsUsed } = planWith(`
scenarios:
  loss:
    steps:
      - { id: verify, uses: time.wait_until, with: { uses: shell.look, with: { command: ls }, until: outputs.exit_code == 0, within: 1m } }
`);
    expect(outputsUsed).toMatchObject([{ step: 'verify', output: 'exit_code', uses: 'shell.look' }]);
  });
});
