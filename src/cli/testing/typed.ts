import type { Services } from '../../usecases/services.ts';
import { runCli } from '../run-cli.ts';

export interface Typing {
  readonly services: Services;
  /** Somebody who answers at a prompt. Without it nobody is there. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Told of what appears, as it does. */
  readonly onText?: (text: string) => void;
}

/** A command as somebody types it: how it ends, and all that appears. */
export async function typedWith({ services, ask, onText }: Typing, argv: readonly string[]) {
  let out = '';
  const write = (text: string): void => {
    out += text;
    onText?.(text);
  };
  const code = await runCli({
    argv,
    version: '1',
    colour: false,
    cwd: '/here',
    signal: new AbortController().signal,
    out: write,
    err: write,
    ...(ask ? { ask } : {}),
    openServices: async ({ environment }) => ({
      ...services,
      chosen: environment === undefined ? {} : { environment },
    }),
    redact: (text) => text,
  });
  return { code, out };
}
