import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import type { LedgerComparison } from '../client-api.ts';
import { ComponentField, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  service: z.string().min(1).describe('The service whose ledger names every commit it was told is safe.'),
});

const Output = z.strictObject({
  acknowledged: z.number().describe('Commits in the ledger.'),
  found: z.number().describe('Of these, how many are in the database.'),
  lost: z.number().describe('Of these, how many are not.'),
  lost_ids: z.array(z.string()).describe('The first lost ones, as table/id.'),
  last_found_at: z.iso.datetime().nullable().describe('When the newest commit was made that is there.'),
  loss_seconds: z.number().describe('From the last commit before the loss to the last lost one; 0 when none is lost.'),
});

export const compareLedger = postgresAction({
  name: 'postgres.compare_ledger',
  summary: 'Count acknowledged commits of an application that the database does not hold.',
  danger: 'read',
  timeout: hours(1),
  input: Input,
  output: Output,
  permissions: () => ['read the ledger file', 'SELECT on the tables it names'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run({ client, signal }, { component, service }) {
    return outputOf(await client.compareLedger({ component, service, signal }));
  },
  /** Losses are a measurement, not a fault of the measuring: the proof is that counting again gives the same. */
  async verify({ client, signal }, { component, service }, output) {
    const again = await client.compareLedger({ component, service, signal });
    const same = again.lost === output.lost && again.acknowledged >= output.acknowledged;
    const claim = `${output.found} of ${output.acknowledged} acknowledged commits are there, ${output.lost} are lost`;
    return [
      proof(claim, output.acknowledged > 0 && same, `${again.found} of ${again.acknowledged}, ${again.lost} lost`),
    ];
  },
  undo: nothingToUndo,
});

const outputOf = ({ acknowledged, found, lost, lostIds, lastFoundAt, lossSeconds }: LedgerComparison) => ({
  acknowledged,
  found,
  lost,
  lost_ids: [...lostIds],
  last_found_at: lastFoundAt,
  loss_seconds: lossSeconds,
});
