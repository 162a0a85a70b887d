import { openPlainLog } from '../usecases/plain-log.ts';
import type { RunResult } from '../usecases/run-result.ts';
import type { Services } from '../usecases/services.ts';
import { type RunView, runView } from './run-view.ts';
import { plainScreen, type Screen } from './screen.ts';

/** What was typed of the flags of `WATCHING`. */
interface Watched {
  readonly plain: boolean;
  readonly log: string | undefined;
}

/** Shows a run while the work is done, and takes away what is not to stay, whatever comes of it. */
export async function whileWatching(
  { plain, log: file }: Watched,
  { screen, services }: { readonly screen: Screen; readonly services: Services },
  work: (view: RunView) => Promise<RunResult>,
): Promise<RunResult> {
  const log = file === undefined ? undefined : openPlainLog(file, services, screen.say);
  const view = runView(plain ? plainScreen(screen) : screen, services, log);
  try {
    return await work(view);
  } finally {
    view.close();
  }
}
