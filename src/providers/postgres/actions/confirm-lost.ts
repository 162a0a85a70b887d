import { z } from 'zod';
import { minutes } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import { ComponentField, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const Input = z.strictObject({ component: ComponentField });
const Output = z.strictObject({
  answers: z.literal(false).describe('It does not answer; otherwise this step fails.'),
  data_folder: z
    .enum(['missing', 'empty', 'present', 'not configured'])
    .describe('What is where its data was, on this machine.'),
});

export const confirmLost = postgresAction({
  name: 'postgres.confirm_lost',
  summary: 'Make sure that a server is lost before anything replaces it.',
  danger: 'read',
  timeout: minutes(2),
  input: Input,
  output: Output,
  permissions: () => ['a network path to the server'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run(ctx, { component }) {
    const { answers, how } = await ctx.client.answers(component, ctx.signal);
    if (answers)
      throw new KnownError(
        'TARGET_HEALTHY',
        `${component} is not lost: ${how}`,
        'Replacing a living server would lose what it holds. If it must go, stop it first.',
      );
    ctx.log(`no answer: ${how}`);
    return { answers: false as const, data_folder: await ctx.client.dataFolder(component) };
  },
  async verify(ctx, { component }) {
    const { answers, how } = await ctx.client.answers(component, ctx.signal);
    return [proof(`${component} does not answer`, !answers, how)];
  },
  undo: nothingToUndo,
});
