import type { Rig } from '../../usecases/testing/rig.ts';
import { runCli } from '../run-cli.ts';

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command, carried out whole over the services of a test. */
export async function runInRig(rig: Rig, argv: readonly string[]): Promise<Printed> {
  const written = { out: '', err: '' };
  const services = rig.services();
  const code = await runCli({
    argv,
    version: '1.2.3',
    colour: false,
    cwd: rig.folder,
    signal: new AbortController().signal,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    openServices: async ({ plan, environment }) => ({
      ...services,
      chosen: { ...(plan === undefined ? {} : { plan }), ...(environment === undefined ? {} : { environment }) },
    }),
    redact: services.redact,
  });
  return { code, ...written };
}
