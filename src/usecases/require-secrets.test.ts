import { expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { RunScenario } from '../model/run-scenario.ts';
import { requireSecrets } from './require-secrets.ts';

const asked = (step: object): readonly string[] => {
  const found: string[] = [];
  const secret = (ref: string | { readonly secret: string }) => {
    found.push(typeof ref === 'string' ? ref : ref.secret);
    return 'value';
  };
  const scenario = { loses: [], steps: [{ id: 'a', uses: 'shell.run', with: step }] } as unknown as RunScenario;
  requireSecrets({ components: {} } as unknown as Plan, scenario, { secret });
  return found;
};

test('what the input of a step asks for is looked up before the run begins', () => {
  expect(
    asked({ command: 'x', environment: { A: '${{ secret("env:TOKEN") }}', B: "${{ secret('file:/key') }}" } }),
  ).toEqual(['env:TOKEN', 'file:/key']);
  expect(asked({ command: 'echo secret', environment: { A: '${{ inputs.secret }}' } })).toEqual([]);
});

test('one that is missing is an error', () => {
  const secret = () => {
    throw new KnownError('SECRET_MISSING', 'the secret env:TOKEN is not set', 'Set it.');
  };
  const steps = [{ with: { environment: { A: '${{ secret("env:TOKEN") }}' } } }];
  const scenario = { loses: [], steps } as unknown as RunScenario;
  expect(() => requireSecrets({ components: {} } as unknown as Plan, scenario, { secret })).toThrow('env:TOKEN');
});
