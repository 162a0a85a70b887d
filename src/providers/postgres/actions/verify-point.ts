import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { VerificationRecord } from '../../../model/repository.ts';
import { ComponentField, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  point: z
    .string()
    .min(1)
    .optional()
    .describe('A recovery point or backup. Default: the one to restore the newest moment from.'),
});

const Output = z.strictObject({
  backup: z.string().describe('The backup that was restored.'),
  point: z.string().describe('The recovery point it stands for.'),
  at: z.string().describe('When it was found so.'),
  proofs: z
    .array(
      z.strictObject({
        claim: z.string().describe('What was asked.'),
        held: z.boolean().describe('Whether it is so.'),
        observed: z.string().describe('What was seen.'),
      }),
    )
    .describe('Each thing that was looked at.'),
  not_looked_at: z
    .array(z.strictObject({ claim: z.string().describe('What was not asked.'), why: z.string().describe('Why not.') }))
    .describe('What could not be looked at: it does not count as good.'),
});

export const verifyPoint = postgresAction({
  name: 'postgres.verify_point',
  summary: 'Prove a recovery point by restoring it into an instance that is thrown away.',
  danger: 'add',
  timeout: hours(12),
  input: Input,
  output: Output,
  permissions: () => ['the private key of the repository', 'room on this machine for a copy of the database'],
  async observe({ client, key }, { component }) {
    const kept = await client.verification(component, key);
    return kept === undefined ? { state: 'absent' } : { state: 'done', output: outputOf(kept) };
  },
  preview: ({ component, point = 'the newest point' }, seen) => ({
    danger: 'add',
    changes:
      seen.state === 'done'
        ? []
        : [`${point} of ${component} is restored on this machine, looked through and removed; what was found is kept`],
  }),
  run: async ({ client, key, signal, log }, input) =>
    outputOf(await client.verifyPoint({ ...input, key, signal, log })),
  async verify({ client, key }, { component }, { proofs }) {
    const kept = await client.verification(component, key);
    const seen = kept === undefined ? 'it is not there' : `${kept.proofs.length} proofs of ${kept.backup}`;
    return [...proofs.map((one) => ({ ...one })), proof('what was found is kept', kept !== undefined, seen)];
  },
  undo: {
    impossible: 'The instance is gone already. What was found stays in the repository, as the truth of that moment.',
  },
});

const outputOf = ({ backup, point = backup, at, proofs, not_looked_at = [] }: VerificationRecord) => ({
  backup,
  point,
  at,
  proofs: proofs.map((one) => ({ ...one })),
  not_looked_at: not_looked_at.map((one) => ({ ...one })),
});
