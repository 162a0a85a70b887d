import type { Provider } from '../../actions/provider.ts';
import { nobodyThere, type RunDesk } from '../../actions/run-desk.ts';
import { wait } from './actions/wait.ts';

/** What has to wait. */
export const time: Provider<RunDesk> = {
  id: 'time',
  title: 'Time',
  actions: [wait],
  open: () => nobodyThere,
  close: async () => undefined,
};
