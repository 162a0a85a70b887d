import { z } from 'zod';
import { minutes } from '../../../lib/duration.ts';
import { ComponentField, postgresAction, proof } from './define.ts';

const Input = z.strictObject({ component: ComponentField });
const Output = z.strictObject({
  address: z.string().describe('Addresses it listens on.'),
  port: z.number().describe('Port it listens on.'),
});

export const openServer = postgresAction({
  name: 'postgres.open_server',
  summary: 'Open a restored server for its applications.',
  danger: 'change',
  timeout: minutes(10),
  input: Input,
  output: Output,
  permissions: () => ['start and stop the restored server'],
  async observe({ client }, { component }) {
    const { listen, port } = placeOf(client.component(component).server);
    const seen = await client.server(component);
    const open = seen?.state === 'open' && seen.running && seen.listening === port;
    return open ? { state: 'done', output: { address: listen, port } } : { state: 'absent' };
  },
  preview: ({ component }, seen) => ({
    danger: 'change',
    changes: seen.state === 'done' ? [] : [`${component} is restarted on its real address: applications may write`],
  }),
  async run({ client, signal, log }, { component }) {
    return client.openServer({ component, signal, log });
  },
  async verify({ client, signal }, { component }, output) {
    const { serves, how } = await client.serves(component, signal);
    return [proof(`${component} answers queries on ${output.address}:${output.port}`, serves, how)];
  },
  undo: ({ client, signal }, { component }) => client.quarantineServer(component, signal),
});

const placeOf = (server: { listen: string; port: number } | undefined) => server ?? { listen: '', port: 0 };
