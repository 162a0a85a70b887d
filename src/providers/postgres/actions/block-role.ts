import { z } from 'zod';
import type { ActionContext } from '../../../actions/action.ts';
import { minutes } from '../../../lib/duration.ts';
import { isJsonObject } from '../../../lib/json.ts';
import { KnownError } from '../../../model/errors.ts';
import type { PostgresClient, RoleState } from '../client-api.ts';
import { ComponentField, count, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  role: z.string().min(1).describe('The database role to stop.'),
});
type Input = z.infer<typeof Input>;

const Output = z.strictObject({
  role: z.string().describe('The role that is stopped.'),
  sessions_ended: z.number().describe('Sessions of it that were ended.'),
  already_blocked: z.boolean().describe('It could not log in before this step either, so undoing leaves it so.'),
});

export const blockRole = postgresAction({
  name: 'postgres.block_role',
  summary: 'Keep a database role from logging in and end its sessions.',
  danger: 'change',
  timeout: minutes(1),
  input: Input,
  output: Output,
  permissions: ({ role }) => [`CREATEROLE with ADMIN on ${role}, or superuser`, `pg_signal_backend, or being ${role}`],
  async observe(ctx, input) {
    const state = await requireBlockable(ctx, input);
    if (state.canLogin) return { state: 'absent' };
    if (state.sessions === 0) return { state: 'done', output: outputOf(input, before(ctx)) };
    // Told to end by an earlier try, they are on their way out. Blocked by somebody else, they were never told.
    return before(ctx) === undefined ? { state: 'absent' } : { state: 'running' };
  },
  preview: ({ role, component }, seen) => ({
    danger: 'change',
    changes:
      seen.state === 'done'
        ? []
        : [`the role ${role} of ${component} cannot log in any more`, `all sessions of ${role} are ended`],
  }),
  async run(ctx, input) {
    const { client, signal } = ctx;
    const { component, role } = input;
    const state = await requireBlockable(ctx, input);
    const first = before(ctx) ?? { could_login: state.canLogin, sessions: state.sessions };
    // What was before is kept first: after a crash nobody could tell it from what we did.
    if (before(ctx) === undefined) await ctx.note(first);
    const ended = await client.blockRole(component, role, signal);
    return { ...outputOf(input, first), sessions_ended: Math.max(ended, first.sessions) };
  },
  async verify({ client }, { component, role }) {
    const state = await client.role(component, role);
    return [
      proof(
        `${role} cannot log in`,
        state?.canLogin === false,
        state ? `can log in: ${state.canLogin}` : 'no such role',
      ),
      proof(`${role} has no session`, state?.sessions === 0, count(state?.sessions ?? 0, 'session')),
    ];
  },
  async undo({ client }, { component, role }, output) {
    if (output?.already_blocked !== true) await client.unblockRole(component, role);
  },
  owes: ({ component, role }) => ({
    id: `postgres.role_blocked:${component}/${role}`,
    what: `the role ${role} of ${component} cannot log in`,
  }),
});

type Before = { readonly could_login: boolean; readonly sessions: number };

function before({ notes }: ActionContext<PostgresClient>): Before | undefined {
  const note = notes.find((fact) => isJsonObject(fact) && 'could_login' in fact);
  return note as Before | undefined;
}

const outputOf = ({ role }: Input, first: Before | undefined) => ({
  role,
  sessions_ended: first?.sessions ?? 0,
  already_blocked: first?.could_login !== true,
});

async function requireBlockable(
  { client }: ActionContext<PostgresClient>,
  { component, role }: Input,
): Promise<RoleState> {
  if (client.component(component).application_roles.includes(role))
    throw new KnownError(
      'TARGET_FAILED',
      `${role} is a role that the application of ${component} uses; blocking it would stop the product`,
      'Block the role of the one who deletes. If it is the application itself, stop the application instead.',
    );
  const state = await client.role(component, role);
  if (state === undefined)
    throw new KnownError(
      'TARGET_FAILED',
      `${component} has no role ${role}`,
      'See the roles with: SELECT rolname FROM pg_roles',
    );
  if (state.ours)
    throw new KnownError(
      'TARGET_FAILED',
      `${role} is the role Lifeboat itself connects as; blocking it would lock us out`,
      'Give Lifeboat a role of its own in the connection of the component.',
    );
  return state;
}
