import { makeAction } from './skeleton/action.ts';
import { camel, enlist, pascal, wordsFrom, writeNew } from './skeleton/write.ts';

const [id, action] = wordsFrom(process.argv.slice(2), 'new-provider NAME FIRST_ACTION') as [string, string];
const folder = `src/providers/${id}`;
const client = `${pascal(id)}Client`;

writeNew({
  [`${folder}/index.ts`]: `import type { Provider } from '../../actions/provider.ts';
import { open${pascal(id)} } from './client.ts';
import type { ${client} } from './client-api.ts';

/** ${pascal(id)}. */
export const ${camel(id)}: Provider<${client}> = {
  id: '${id}',
  title: '${pascal(id)}',
  actions: [],
  open: open${pascal(id)},
  close: (client) => client.close(),
};
`,
  [`${folder}/client-api.ts`]: `/** Everything the actions ask of ${pascal(id)}. \`client.ts\` does it for real, \`client.fake.ts\` in memory. */
export interface ${client} {
  /** Gives back connections. Undoes nothing. */
  close(): Promise<void>;
}
`,
  [`${folder}/client.ts`]: `import type { ProviderServices } from '../../actions/provider.ts';
import type { ${client} } from './client-api.ts';

/** The only file that knows the SDK of ${pascal(id)}. Opening it touches nothing. */
export const open${pascal(id)} = (_services: ProviderServices): ${client} => ({
  close: async () => undefined,
});
`,
  [`${folder}/client.fake.ts`]: `import type { ${client} } from './client-api.ts';

/** ${pascal(id)} in memory, for tests. */
export const fake${pascal(id)} = (): ${client} => ({
  close: async () => undefined,
});
`,
});
enlist('src/providers/index.ts', { name: camel(id), from: `./${id}/index.ts`, opening: /providers = \[/ });
makeAction(id, action);
