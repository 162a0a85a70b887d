import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { KnownError } from '../model/errors.ts';
import type { ActionContext } from './action.ts';
import { actionContract, type ContractCase, contractChecks } from './contract.testsuite.ts';
import { darkLamp, type Lamps, light } from './testing/lamps.fake.ts';

type Lighting = typeof light;

actionContract(light, { 'a dark lamp': darkLamp });

/** The demands that an action does not meet. */
async function unmet(action: Lighting, given: ContractCase<Lamps> = darkLamp): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, check } of contractChecks(action, given)) await check().catch(() => failed.push(name));
  return failed;
}

const spoiled = (part: Partial<Lighting>): Lighting => ({ ...light, ...part });

const having = async <T>(first: Promise<unknown>, then: () => T | Promise<T>): Promise<T> => {
  await first;
  return then();
};

const TWICE = 'twice with one key is once';
const CRASH = 'a crash after any call, then again: the same world';
const LOOK = 'looking writes nothing';
const RED = 'verify turns red when the world is spoiled';
const UNDO = 'undo takes the effect back, and twice is once';
const SEEN = 'its effect is seen once it is there';

async function lightBoth({ client }: ActionContext<Lamps>, { lamp }: { lamp: string }): Promise<{ lamp: string }> {
  if (!(await client.isLit(lamp))) await client.light(lamp);
  if (!(await client.isLit('second'))) await client.light('second');
  return { lamp };
}

async function putOutBoth({ client }: ActionContext<Lamps>, { lamp }: { lamp: string }): Promise<void> {
  await client.putOut(lamp);
  await client.putOut('second');
}

const seeSecond: Lighting['observe'] = async ({ client }, { lamp }) =>
  (await client.isLit('second')) ? { state: 'done', output: { lamp } } : { state: 'absent' };

/** Actions that are wrong in one place each, and the demand that catches it. */
const MUTANTS: readonly (readonly [string, Partial<Lighting>, string])[] = [
  [
    'whose observe writes',
    { observe: async (ctx, input) => having(light.run(ctx, input), () => light.observe(ctx, input)) },
    LOOK,
  ],
  [
    'whose observe writes what is there already',
    {
      async observe(ctx, input) {
        const seen = await light.observe(ctx, input);
        if (seen.state === 'done') await ctx.client.putOut('another');
        return seen;
      },
    },
    LOOK,
  ],
  [
    'whose observe keeps a note',
    { observe: async (ctx, input) => having(ctx.note(1), () => light.observe(ctx, input)) },
    LOOK,
  ],
  [
    'whose verify writes',
    { verify: async (ctx, input, out) => having(ctx.client.light('x'), () => light.verify(ctx, input, out)) },
    LOOK,
  ],
  [
    'that repeats its effect',
    { run: async ({ client }, { lamp }) => having(client.light(lamp), () => ({ lamp })) },
    TWICE,
  ],
  [
    'whose effect cannot be seen, so that it is repeated after a crash',
    {
      observe: async () => ({ state: 'absent' }),
      run: async ({ client }, { lamp }) => having(client.light(lamp), () => ({ lamp })),
    },
    CRASH,
  ],
  ['that never sees its own effect', { observe: async () => ({ state: 'absent' }) }, SEEN],
  [
    'that sees an effect before it is there',
    { observe: async (_, { lamp }) => ({ state: 'done', output: { lamp } }) },
    SEEN,
  ],
  [
    'that does nothing',
    { run: async (_, { lamp }) => ({ lamp }), verify: async () => [{ claim: 'x', held: true, observed: 'x' }] },
    SEEN,
  ],
  [
    'whose verify never turns red',
    { verify: async () => [{ claim: 'it is lit', held: true, observed: 'of course' }] },
    RED,
  ],
  [
    'whose verify is an error of ours when the world is spoiled',
    {
      verify: async (ctx, input, out) => {
        const proofs = await light.verify(ctx, input, out);
        if (proofs[0]?.held === false) throw new TypeError('undefined is not a lamp');
        return proofs;
      },
    },
    RED,
  ],
  ['whose verify proves nothing', { verify: async () => [] }, LOOK],
  ['whose undo does nothing', { undo: async () => undefined }, UNDO],
  [
    'whose undo fails the second time',
    {
      undo: async ({ client }, { lamp }) => {
        if (!(await client.isLit(lamp))) throw new KnownError('TARGET_FAILED', 'it is dark', 'Light it.');
        await client.putOut(lamp);
      },
    },
    UNDO,
  ],
  [
    'that takes silence for darkness',
    { observe: async (ctx, input) => light.observe(ctx, input).catch(() => ({ state: 'absent' as const })) },
    'no answer is never taken for an absent effect',
  ],
  [
    'that fails with an error nobody can act on',
    {
      run: async (ctx, input) =>
        light.run(ctx, input).catch(() => {
          throw new Error('oops');
        }),
    },
    'no answer at any call, then again: the same world',
  ],
  [
    'that cannot say after a crash what happened',
    {
      observe: async (ctx, input) => {
        const seen = await light.observe(ctx, input);
        return seen.state === 'done' ? { state: 'unknown', why: 'it is hot' } : seen;
      },
    },
    CRASH,
  ],
  ['that is called "read" and writes', { danger: 'read' }, 'what is called "read" changes nothing'],
  [
    'whose preview plays the danger down',
    { preview: () => ({ danger: 'read', changes: ['it is lit'] }) },
    'the preview depends on its arguments alone',
  ],
  [
    'whose preview says nothing',
    { preview: () => ({ danger: 'change', changes: [] }) },
    'the preview depends on its arguments alone',
  ],
  [
    'whose fields are not described',
    { input: z.strictObject({ lamp: z.string() }) },
    'every field of input and output is described',
  ],
  [
    'whose inner fields are not described',
    {
      output: z.strictObject({
        lamp: z.string().describe('x'),
        all: z
          .array(z.object({ deep: z.number() }))
          .optional()
          .describe('x'),
      }) as unknown as Lighting['output'],
    },
    'every field of input and output is described',
  ],
  [
    'that swallows mistyped fields',
    { input: z.object({ lamp: z.string().describe('x') }) },
    'an input that it does not know is refused',
  ],
  ['without an end', { timeout: Number.POSITIVE_INFINITY }, 'it says what it is'],
  ['that does not say why it cannot be undone', { undo: { impossible: '' } }, 'it says what it is'],
  [
    'whose obligation changes',
    {
      owes: (() => {
        let n = 0;
        return () => ({ id: `lamps.lit:${n++}`, what: 'x' });
      })(),
    },
    'what it owes depends on input and key alone',
  ],
  [
    'that answers with another shape',
    { run: async (ctx, input) => ({ ...(await light.run(ctx, input)), more: 1 }) },
    TWICE,
  ],
  [
    'that writes into its input',
    {
      run: async (ctx, input) => {
        (input as { lamp: string }).lamp = 'x';
        return light.run(ctx, input);
      },
    },
    TWICE,
  ],
  ['whose effect is in two parts of which the first is taken for the whole', { run: lightBoth }, CRASH],
  [
    'that lights another lamp when it is stopped',
    {
      async run(ctx, input) {
        const output = await light.run(ctx, input);
        if (!ctx.signal.aborted) return output;
        await ctx.client.light('emergency');
        throw ctx.signal.reason;
      },
    },
    'stopped at any call, then again: the same world',
  ],
  [
    'whose undo leaves the half of a run that was cut off',
    { run: lightBoth, observe: seeSecond, undo: putOutBoth },
    'a crash after any call, then undo: as it was',
  ],
  [
    'whose undo leaves its own half when it is cut off',
    { run: lightBoth, undo: putOutBoth },
    'a crash in undo, then undo again: as it was',
  ],
];

describe('the suite catches an action', () => {
  test.each(MUTANTS)('%s', async (_words, part, demand) => {
    expect(await unmet(spoiled(part))).toContain(demand);
  });

  test('and every demand catches one of these', async () => {
    const caught = new Set<string>();
    for (const [, part] of MUTANTS) for (const name of await unmet(spoiled(part))) caught.add(name);
    const demands = [light, spoiled({ danger: 'read' })].flatMap((action) => contractChecks(action, darkLamp));
    expect([...caught].sort()).toEqual([...new Set(demands.map(({ name }) => name))].sort());
  });
});

describe('an action whose effect leaves no trace', () => {
  const shell: Partial<Lighting> = {
    observe: async () => ({ state: 'unknown', why: 'a command leaves no trace' }),
    undo: { impossible: 'A command cannot be taken back.' },
  };
  test('keeps the contract when the case says so', async () => {
    expect(await unmet(spoiled(shell), { ...darkLamp, mayBeUnknown: true })).toEqual([]);
  });
  test('does not, when the case does not say so', async () => {
    expect(await unmet(spoiled(shell))).toEqual(expect.arrayContaining([CRASH, SEEN]));
  });
});

test('a system is removed after each check, also after one that failed', async () => {
  let open = 0;
  const real: ContractCase<Lamps> = {
    ...darkLamp,
    async prepare() {
      open += 1;
      const remove = async (): Promise<void> => {
        open -= 1;
      };
      return { ...(await darkLamp.prepare()), remove };
    },
  };
  await unmet(spoiled({ undo: async () => undefined }), real);
  expect(open).toBe(0);
});
