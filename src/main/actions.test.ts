import { expect, test } from 'vitest';
import type { ActionContext, AnyAction } from '../actions/action.ts';
import type { AnyProvider, ProviderServices } from '../actions/provider.ts';
import { fakeClock } from '../lib/clock.fake.ts';
import { KnownError } from '../model/errors.ts';
import { actionsByName, openActions } from './actions.ts';

function provider(id: string, words: string[]): AnyProvider {
  return {
    id,
    title: id,
    actions: [{ name: `${id}.look` } as AnyAction, { name: `${id}.change` } as AnyAction],
    open: () => {
      words.push(`open ${id}`);
      return `client of ${id}`;
    },
    close: async (client) => {
      words.push(`close ${client}`);
    },
  };
}

test('a client is opened when its first action is asked for, once, and closed at the end', async () => {
  const words: string[] = [];
  const actions = openActions([provider('one', words), provider('two', words)], {} as ProviderServices);
  expect(words).toEqual([]);
  expect(actions.find('two.look')).toMatchObject({ action: { name: 'two.look' }, client: 'client of two' });
  expect(actions.find('two.change')?.client).toBe('client of two');
  await actions.close();
  await actions.close();
  expect(words).toEqual(['open two', 'close client of two']);
});

test('an action that this build does not have is not found, and opens nothing', () => {
  const words: string[] = [];
  expect(openActions([provider('one', words)], {} as ProviderServices).find('one.fly')).toBeUndefined();
  expect(words).toEqual([]);
});

test('every action is known by its name', () => {
  expect([...actionsByName([provider('one', [])]).keys()]).toEqual(['one.look', 'one.change']);
});

test('a look that failed with an error that may pass is tried again, an effect never', async () => {
  const calls: string[] = [];
  const failing = (verb: string) => async () => {
    calls.push(verb);
    throw new KnownError('TARGET_UNREACHABLE', 'no answer', 'Wait.');
  };
  const shaky = { name: 'one.shake', observe: failing('observe'), run: failing('run') } as unknown as AnyAction;
  const found = openActions([{ ...provider('one', []), actions: [shaky] }], {} as ProviderServices).find('one.shake');
  const ctx = { clock: fakeClock(), signal: new AbortController().signal } as unknown as ActionContext<unknown>;
  await expect(found?.action.observe(ctx, {})).rejects.toThrow('no answer');
  await expect(found?.action.run(ctx, {})).rejects.toThrow('no answer');
  expect(calls).toEqual(['observe', 'observe', 'observe', 'run']);
});
