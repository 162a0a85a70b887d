import type { Provider } from '../../actions/provider.ts';
import { look } from './actions/look.ts';
import { run } from './actions/run.ts';
import { openShell } from './client.ts';
import type { ShellClient } from './client-api.ts';

/** Commands of the machine that Lifeboat runs on. */
export const shell: Provider<ShellClient> = {
  id: 'shell',
  title: 'Shell commands',
  actions: [run, look],
  open: openShell,
  close: async () => undefined,
};
