import { actionContract } from '../../actions/contract.testsuite.ts';
import type { JsonObject } from '../../lib/json.ts';
import { look } from './actions/look.ts';
import { run } from './actions/run.ts';
import { fakeShell } from './client.fake.ts';

const machineFor = (input: JsonObject) => ({
  input,
  writes: ['prepare', 'begin', 'stop'] as const,
  prepare: () => {
    const fake = fakeShell();
    return {
      client: fake.client,
      state: () => Object.fromEntries(fake.made),
      spoil: () => {
        fake.made.clear();
      },
    };
  },
});

actionContract(run, {
  'a command with observe and undo': machineFor({ command: 'make x', observe: 'look x', undo: 'unmake x' }),
});

actionContract(look, {
  'a command that looks for what is there': {
    input: { command: 'look x' },
    writes: ['prepare', 'begin', 'stop'] as const,
    prepare: () => {
      const fake = fakeShell();
      fake.made.set('x', 1);
      return { client: fake.client, state: () => Object.fromEntries(fake.made), spoil: () => fake.made.clear() };
    },
  },
});
