import type { Provider } from '../../actions/provider.ts';
import { nobodyThere, type RunDesk } from '../../actions/run-desk.ts';
import { wait } from './actions/wait.ts';
import { waitUntil } from './actions/wait-until.ts';

/** What has to wait. */
export const time: Provider<RunDesk> = {
  id: 'time',
  title: 'Time',
  actions: [wait, waitUntil],
  open: () => nobodyThere,
  close: async () => undefined,
};
