import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { PlanPath } from '../finding.ts';
import type { Step } from './steps.ts';
import { DurationText } from './values.ts';

/** How often it is looked where the plan does not say. */
export const DEFAULT_EVERY = '10s';

/** What a machine looks at again and again, and what ends that. */
export const Look = z.strictObject({
  uses: z
    .string()
    .min(1)
    .describe('The action that looks. Only one that changes nothing; shell.look for a command that only looks.'),
  with: z.record(z.string(), z.unknown()).default({}).describe('The input of that action.'),
  until: z
    .string()
    .trim()
    .min(1)
    .describe('CEL over its `outputs` that ends the looking, without ${{ }}: outputs.exit_code == 0.'),
  every: DurationText.default(DEFAULT_EVERY).describe('Pause between two looks.'),
});
export type Look = z.infer<typeof Look>;

/** A look as it is written in a step, and where. */
export interface PlacedLook {
  readonly look: JsonObject;
  /** Inside the step. */
  readonly at: PlanPath;
}

/** What a step looks for again and again; undefined for one that does not. As it is written, whether that is right or not. */
export function lookIn({ uses, with: input }: Pick<Step, 'uses' | 'with'>): PlacedLook | undefined {
  if (uses === 'time.wait_until') return { look: input as JsonObject, at: ['with'] };
  const doneWhen = input.done_when as Json | undefined;
  return uses === 'human.task' && isJsonObject(doneWhen) ? { look: doneWhen, at: ['with', 'done_when'] } : undefined;
}

/** What is looked for, in words: `shell.look gives exit_code == 0`. */
export const lookedForWords = ({ uses, until }: Pick<Look, 'uses' | 'until'>): string =>
  `${uses} gives ${until.replaceAll(/\boutputs\./g, '')}`;

/** An output can hold all that a command printed. */
const LONGEST_SEEN = 300;

/** What a look has seen, in words: of the output what the condition names, else all of it. */
export function seenWords({ until }: Pick<Look, 'until'>, output: Json): string {
  const named = new Set([...until.matchAll(/\boutputs\.(\w+)/g)].map(([, name]) => name as string));
  const given = isJsonObject(output) ? [...named].filter((name) => Object.hasOwn(output, name)) : [];
  const told = isJsonObject(output) && given.length > 0 ? given.map((name) => `${name} = ${plain(output[name])}`) : [];
  const words = told.length > 0 ? told.join(', ') : plain(output);
  return words.length > LONGEST_SEEN ? `${words.slice(0, LONGEST_SEEN - 1)}…` : words;
}

const plain = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** When a step is given up, as far as it says so itself: a wait until the world is so has an end of its own. */
export function givenUpAfter({ uses, with: input, timeout }: Step): string | undefined {
  const own = uses === 'time.wait_until' && typeof input.within === 'string' ? input.within : undefined;
  return own ?? timeout;
}
