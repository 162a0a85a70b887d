import { describe, test } from 'vitest';
import type { Action } from './action.ts';
import { crashChecks } from './testing/check-crash.ts';
import { effectChecks } from './testing/check-effect.ts';
import { shapeChecks } from './testing/check-shape.ts';
import type { Check, ContractCase } from './testing/contract-case.ts';

export type { ContractCase } from './testing/contract-case.ts';

/** Everything the contract demands of an action, as checks that can be run one by one. */
export const contractChecks = <Client extends object, In, Out>(
  action: Action<Client, In, Out>,
  given: ContractCase<Client>,
): readonly Check[] => [...shapeChecks(action, given), ...effectChecks(action, given), ...crashChecks(action, given)];

/** Proves that an action keeps the contract, for each named case. */
export function actionContract<Client extends object, In, Out>(
  action: Action<Client, In, Out>,
  cases: Readonly<Record<string, ContractCase<Client>>>,
): void {
  for (const [name, given] of Object.entries(cases))
    describe(`${action.name}, ${name}, keeps the contract of an action`, () => {
      for (const { name: demand, check } of contractChecks(action, given)) test(demand, check);
    });
}
