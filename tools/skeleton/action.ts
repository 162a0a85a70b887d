import { existsSync, readFileSync } from 'node:fs';
import { camel, enlist, kebab, pascal, snake, stop, writeNew } from './write.ts';

/** Makes an action of a provider with a test that is red until it is written, and lists it. */
export function makeAction(provider: string, words: string): void {
  const folder = `src/providers/${provider}`;
  const index = `${folder}/index.ts`;
  if (!existsSync(index)) stop(`there is no provider ${provider}: npm run new-provider ${provider}`);
  const client = /Provider<(\w+)>/.exec(readFileSync(index, 'utf8'))?.[1];
  if (!client) stop(`${index} does not say Provider<Client>`);
  const file = kebab(words);
  writeNew({
    [`${folder}/actions/${file}.ts`]: actionText(provider, words, client),
    [`${folder}/actions/${file}.test.ts`]: testText(provider, words),
  });
  enlist(index, { name: camel(words), from: `./actions/${file}.ts`, opening: /actions: \[/ });
  console.log(`Next: write the test, then observe, run and verify; then: npm run generate`);
}

const actionText = (provider: string, words: string, client: string): string => `import { z } from 'zod';
import type { Action } from '../../../actions/action.ts';
import { minutes } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import type { ${client} } from '../client-api.ts';

const Input = z.strictObject({
  component: z.string().min(1).describe('An entry of \`components\`.'),
});
const Output = z.strictObject({
  component: z.string().describe('The component.'),
});

/** Not written yet: it says so in every plan that uses it, and its test is red. */
export const ${camel(words)}: Action<${client}, z.infer<typeof Input>, z.infer<typeof Output>> = {
  name: '${provider}.${snake(words)}',
  summary: '${pascal(words)}.',
  danger: 'read',
  timeout: minutes(5),
  input: Input,
  output: Output,
  permissions: () => [],
  observe: async () => ({ state: 'absent' }),
  preview: ({ component }, seen) => ({ danger: 'read', changes: seen.state === 'done' ? [] : [\`\${component} is looked at\`] }),
  run: async (_ctx, { component }) => {
    throw new KnownError('INTERNAL', \`${provider}.${snake(words)} of \${component} is not written yet\`, 'Write it.');
  },
  verify: async (_ctx, { component }) => [{ claim: \`\${component} was looked at\`, held: false, observed: 'not written yet' }],
  undo: { impossible: 'It only reads: there is nothing to take back.' },
};
`;

const testText = (provider: string, words: string): string => `import { expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { ${camel(words)} } from './${kebab(words)}.ts';

test('${provider}.${snake(words)} does what it says, and proves it', async () => {
  const ctx = {
    client: {} as never,
    key: 'run-1/step',
    signal: new AbortController().signal,
    clock: systemClock,
    log: () => undefined,
    note: async () => undefined,
    notes: [],
  };
  const input = { component: 'example' };
  const output = await ${camel(words)}.run(ctx, input);
  const proofs = await ${camel(words)}.verify(ctx, input, output);
  expect(proofs.length).toBeGreaterThan(0);
  expect(proofs.every(({ held }) => held)).toBe(true);
});
`;
