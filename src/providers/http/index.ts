import type { Provider } from '../../actions/provider.ts';
import { waitHealthy } from './actions/wait-healthy.ts';
import { openHttp } from './client.ts';
import type { HttpClient } from './client-api.ts';

/** Services that answer over HTTP. */
export const http: Provider<HttpClient> = {
  id: 'http',
  title: 'HTTP services',
  actions: [waitHealthy],
  open: openHttp,
  close: async () => undefined,
};
