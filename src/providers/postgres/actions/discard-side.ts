import { z } from 'zod';
import { minutes } from '../../../lib/duration.ts';
import { ComponentField, postgresAction, proof } from './define.ts';

const InstanceField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'the name of a side instance is lower-case letters, digits and -')
  .describe('The side instance, as restore_side names it.');

const Input = z.strictObject({ component: ComponentField, instance: InstanceField });
const Output = z.strictObject({ instance: InstanceField });

export const discardSide = postgresAction({
  name: 'postgres.discard_side',
  summary: 'Stop and remove a side instance.',
  // Only a copy goes, and the repository it was made from stays.
  danger: 'change',
  timeout: minutes(10),
  input: Input,
  output: Output,
  permissions: () => ['the work folder of Lifeboat on this machine'],
  async observe({ client }, { instance }) {
    return (await client.side(instance)) === undefined ? { state: 'done', output: { instance } } : { state: 'absent' };
  },
  preview: ({ instance }, seen) => ({
    danger: 'change',
    changes: seen.state === 'done' ? [] : [`the side instance ${instance} is stopped and its files are removed`],
  }),
  async run({ client }, { instance }) {
    await client.discardSide(instance);
    return { instance };
  },
  async verify({ client }, { instance }) {
    const seen = await client.side(instance);
    return [proof(`${instance} is gone`, seen === undefined, seen ? `there, running: ${seen.running}` : 'not there')];
  },
  undo: { impossible: 'The copy is removed. postgres.restore_side makes it again from the repository.' },
  settles: ({ instance }) => `postgres.side_instance:${instance}`,
});
