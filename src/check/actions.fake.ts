import { z } from 'zod';
import type { AnyAction } from '../actions/action.ts';
import { hours, minutes } from '../lib/duration.ts';
import type { Danger } from '../model/run.ts';

/** Actions as far as rules look at them: names, dangers, shapes and obligations. */
export const fakeActions: ReadonlyMap<string, AnyAction> = new Map(
  [
    fake('postgres.block_role', 'change', {
      input: { component: z.string(), role: z.string() },
      output: { role: z.string() },
      owes: ({ component, role }) => ({ id: `postgres.role_blocked:${component}/${role}`, what: `${role} is blocked` }),
    }),
    fake('postgres.unblock_role', 'change', {
      input: { component: z.string(), role: z.string() },
      settles: ({ component, role }) => `postgres.role_blocked:${component}/${role}`,
    }),
    fake('postgres.restore_side', 'add', {
      input: { component: z.string(), before_xid: z.number().int().optional() },
      output: { instance: z.string() },
      owes: (_, key) => ({ id: `postgres.side_instance:side-${key}`, what: `the side instance side-${key} runs` }),
    }),
    fake('postgres.discard_side', 'destroy', {
      input: { component: z.string(), instance: z.string() },
      settles: ({ instance }) => `postgres.side_instance:${instance}`,
    }),
    fake('postgres.restore_server', 'change', {
      input: { component: z.string(), to: z.string().default('latest') },
      output: { backup: z.string() },
    }),
    fake('postgres.verify_server', 'read', { input: { component: z.string() }, output: { tables: z.number() } }),
    { ...fake('postgres.open_server', 'change', { input: { component: z.string() } }), undo: async () => undefined },
    fake('postgres.drop_everything', 'destroy', {
      input: { component: z.string() },
      owes: () => ({ id: 'x', what: 'x' }),
    }),
    fake('shell.look', 'read', { input: { command: z.string() }, output: { exit_code: z.number() } }),
    fake('http.wait_healthy', 'read', { input: { component: z.string() } }),
    { ...fake('shell.run', 'change', { input: { command: z.string() } }), timeout: hours(4) },
  ].map((action) => [action.name, action]),
);

interface Shape {
  readonly input: z.ZodRawShape;
  readonly output?: z.ZodRawShape;
  readonly owes?: (input: Record<string, string>, key: string) => { id: string; what: string };
  readonly settles?: (input: Record<string, string>) => string;
}

function fake(name: `${string}.${string}`, danger: Danger, { input, output, owes, settles }: Shape): AnyAction {
  const action: AnyAction = {
    name,
    danger,
    summary: name,
    timeout: minutes(20),
    input: z.strictObject(input),
    output: z.strictObject(output ?? {}),
    permissions: () => [],
    preview: () => ({ danger, changes: [] }),
    observe: async () => ({ state: 'absent' }),
    run: async () => ({}),
    verify: async () => [],
    undo: { impossible: 'it is a fake' },
  };
  return { ...action, ...(owes ? { owes } : {}), ...(settles ? { settles } : {}) };
}
