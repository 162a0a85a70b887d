import type { AnyAction } from '../actions/action.ts';
import type { AnyProvider, ProviderServices } from '../actions/provider.ts';
import { withReadRetry } from '../actions/wrap.ts';
import type { Actions } from '../engine/ports.ts';

/** Actions with clients that are open, until they are closed. */
export interface OpenActions extends Actions {
  close(): Promise<void>;
}

/** Every action of these providers, by name. */
export function actionsByName(providers: readonly AnyProvider[]): ReadonlyMap<string, AnyAction> {
  return new Map(providers.flatMap(({ actions }) => actions.map((action) => [action.name, action] as const)));
}

/** Finds actions and opens the client of a provider the first time one of its actions is asked for. */
export function openActions(providers: readonly AnyProvider[], services: ProviderServices): OpenActions {
  const clients = new Map<AnyProvider, unknown>();
  const clientOf = (provider: AnyProvider): unknown => {
    if (!clients.has(provider)) clients.set(provider, provider.open(services));
    return clients.get(provider);
  };
  return {
    find(name) {
      for (const provider of providers) {
        const action = provider.actions.find((candidate) => candidate.name === name);
        if (action) return { action: withReadRetry(action), client: clientOf(provider) };
      }
      return undefined;
    },
    async close() {
      const open = [...clients];
      clients.clear();
      await Promise.all(open.map(([provider, client]) => provider.close(client)));
    },
  };
}
