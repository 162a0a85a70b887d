import { z } from 'zod';
import { minutes } from '../../lib/duration.ts';
import type { Action } from '../action.ts';
import type { ContractCase } from './contract-case.ts';

/** A system of one line: lamps that are lit and put out. */
export interface Lamps {
  isLit(name: string): Promise<boolean>;
  light(name: string): Promise<void>;
  putOut(name: string): Promise<void>;
}

const Input = z.strictObject({ lamp: z.string().describe('The lamp.') });
type Input = z.infer<typeof Input>;
const Output = z.strictObject({ lamp: z.string().describe('The lamp that is lit.') });
type Output = z.infer<typeof Output>;

/** An action that keeps the contract; tests spoil it in one place each. */
export const light: Action<Lamps, Input, Output> = {
  name: 'lamps.light_lamp',
  summary: 'Light a lamp.',
  danger: 'change',
  input: Input,
  output: Output,
  timeout: minutes(1),
  permissions: () => ['lamps: light'],
  observe: async ({ client }, { lamp }) =>
    (await client.isLit(lamp)) ? { state: 'done', output: { lamp } } : { state: 'absent' },
  preview: ({ lamp }, seen) => ({ danger: 'change', changes: seen.state === 'done' ? [] : [`${lamp} is lit`] }),
  async run({ client }, { lamp }) {
    if (!(await client.isLit(lamp))) await client.light(lamp);
    return { lamp };
  },
  async verify({ client }, { lamp }) {
    const held = await client.isLit(lamp);
    return [{ claim: `${lamp} is lit`, held, observed: held ? 'it is lit' : 'it is dark' }];
  },
  async undo({ client }, { lamp }) {
    if (await client.isLit(lamp)) await client.putOut(lamp);
  },
};

/** The case of a lamp that is dark. Every lighting counts, also of a lamp that is lit. */
export const darkLamp: ContractCase<Lamps> = {
  input: { lamp: 'door' },
  writes: ['light', 'putOut'],
  prepare() {
    const lit = new Set<string>();
    let lightings = 0;
    return {
      client: {
        isLit: async (name) => lit.has(name),
        async light(name) {
          lit.add(name);
          lightings += 1;
        },
        putOut: async (name) => void lit.delete(name),
      },
      state: () => ({ lit: [...lit], lightings }),
      spoil: () => lit.clear(),
      undone: () => lit.size === 0,
    };
  },
};
