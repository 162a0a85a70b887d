import { intercept, type OnCall } from './intercept.ts';

/** For each method the errors that its next calls meet, in order; `undefined` lets a call through. */
export type FaultScript<Client> = {
  readonly [Method in keyof Client as Client[Method] extends (...args: never[]) => unknown
    ? Method
    : never]?: readonly unknown[];
};

/** A client that fails as scripted, before the effect of the call. `assertAllFired` shows that the test met every failure it meant to. */
export function withFaults<Client extends object>(
  client: Client,
  script: FaultScript<Client>,
): { readonly client: Client; assertAllFired(): void } {
  const waiting = new Map(Object.entries(script).map(([name, errors]) => [name, [...(errors as readonly unknown[])]]));
  const meet: OnCall = (name, go) => {
    const fault = waiting.get(name)?.shift();
    if (fault !== undefined) throw fault;
    return go();
  };
  return {
    client: intercept(client, meet),
    assertAllFired() {
      const left = [...waiting].filter(([, errors]) => errors.length > 0);
      if (left.length === 0) return;
      throw new Error(
        `these faults never came: ${left.map(([name, errors]) => `${name} (${errors.length})`).join(', ')}`,
      );
    },
  };
}

/** Call `n` fails with `error` before its effect; every other call goes through. */
export function failingAt(n: number, error: unknown): OnCall {
  let made = 0;
  return (_name, go) => {
    made += 1;
    if (made === n) throw error;
    return go();
  };
}
