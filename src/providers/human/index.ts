import type { Provider } from '../../actions/provider.ts';
import { nobodyThere, type RunDesk } from '../../actions/run-desk.ts';
import { approve } from './actions/approve.ts';
import { task } from './actions/task.ts';

/** What only people can do. */
export const human: Provider<RunDesk> = {
  id: 'human',
  title: 'People',
  actions: [approve, task],
  open: () => nobodyThere,
  close: async () => undefined,
};
