/** Stands between an action and its client: carries the call out with `go`, or does something else. */
export type OnCall = (name: string, go: () => unknown) => unknown;

/** The same client, whose every call goes through `onCall`, also those of objects inside it: `sides.discard`. */
export function intercept<Client extends object>(client: Client, onCall: OnCall, within = ''): Client {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof property === 'symbol') return value;
      const name = `${within}${property}`;
      if (typeof value === 'function')
        return (...args: unknown[]): unknown => onCall(name, () => value.apply(target, args) as unknown);
      return isPlainObject(value) ? intercept(value, onCall, `${name}.`) : value;
    },
  });
}

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The names of the calls that were made, in order. */
export function callsOf<Client extends object>(client: Client): { readonly client: Client; readonly calls: string[] } {
  const calls: string[] = [];
  const noted: OnCall = (name, go) => {
    calls.push(name);
    return go();
  };
  return { client: intercept(client, noted), calls };
}
