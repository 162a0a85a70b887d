import { z } from 'zod';
import { minutes } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { ComponentField, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  role: z.string().min(1).describe('The database role that may work again.'),
});
const Output = z.strictObject({ role: z.string().describe('The role that may log in again.') });

export const unblockRole = postgresAction({
  name: 'postgres.unblock_role',
  summary: 'Let a blocked database role log in again.',
  danger: 'change',
  timeout: minutes(1),
  input: Input,
  output: Output,
  permissions: ({ role }) => [`CREATEROLE with ADMIN on ${role}, or superuser`],
  async observe({ client }, { component, role }) {
    const state = await client.role(component, role);
    return state?.canLogin ? { state: 'done', output: { role } } : { state: 'absent' };
  },
  preview: ({ role, component }, seen) => ({
    danger: 'change',
    changes: seen.state === 'done' ? [] : [`the role ${role} of ${component} may log in again`],
  }),
  async run({ client }, { component, role }) {
    if ((await client.role(component, role)) === undefined)
      throw new KnownError('TARGET_FAILED', `${component} has no role ${role}`, 'Was it renamed or dropped meanwhile?');
    await client.unblockRole(component, role);
    return { role };
  },
  async verify({ client }, { component, role }) {
    const state = await client.role(component, role);
    return [
      proof(`${role} may log in`, state?.canLogin === true, state ? `can log in: ${state.canLogin}` : 'no such role'),
    ];
  },
  undo: { impossible: 'It takes back what postgres.block_role did. Block the role again with that action.' },
  settles: ({ component, role }) => `postgres.role_blocked:${component}/${role}`,
});
