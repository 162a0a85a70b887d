import { z } from 'zod';
import type { ActionContext } from '../../actions/action.ts';
import type { Json } from '../../lib/json.ts';
import { SecretRef } from '../../model/plan.ts';
import type { Command, Ended, ShellClient } from './client-api.ts';

const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable is named with letters, digits and _')
  .refine((name) => !name.startsWith('LIFEBOAT_'), 'LIFEBOAT_… is set by Lifeboat itself');

/** What every command is given beside its text. */
export const commandInput = {
  environment: z
    .record(VariableName, z.union([SecretRef, z.string()]))
    .default({})
    .describe('Variables for its commands. Of the environment of Lifeboat they see only PATH, HOME and the like.'),
  folder: z.string().min(1).optional().describe('Working folder. Default: the one Lifeboat was started in.'),
} as const;

interface CommandInput {
  readonly environment: Readonly<Record<string, string | SecretRef>>;
  readonly folder?: string | undefined;
}

/** The environment with its secrets is read as late as this, and looked at once more: a secret may name a target. */
export function commandOf(
  ctx: ActionContext<ShellClient>,
  { environment, folder }: CommandInput,
  text: string,
): Command {
  const { LIFEBOAT_RUN, LIFEBOAT_STEP } = namesIn(ctx.key);
  const values = ctx.client.environment(environment);
  for (const name of Object.keys(environment)) ctx.fence?.(values[name] ?? '');
  return {
    text,
    environment: { ...values, LIFEBOAT_RUN, LIFEBOAT_STEP, LIFEBOAT_KEY: ctx.key },
    ...(folder === undefined ? {} : { folder }),
  };
}

function namesIn(key: string) {
  const [LIFEBOAT_RUN = '', ...step] = key.split('/');
  return { LIFEBOAT_RUN, LIFEBOAT_STEP: step.join('/') };
}

/** The value of a text that is one JSON document. */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The exit code, and the last line of what was said: first of all what was said about an error. */
export function saidOf({ code, stdout, stderr }: Pick<Ended, 'code' | 'stdout' | 'stderr'>): string {
  const line = [stderr, stdout].map((text) => text.trim().split('\n').at(-1) ?? '').find((text) => text !== '');
  return line === undefined ? `exit code ${code}` : `exit code ${code}: ${line.slice(0, 500)}`;
}
