import { z } from 'zod';
import { hours } from '../../../lib/duration.ts';
import { KEPT, loadedFields, loadedOutput } from '../rows/loaded-fields.ts';
import { ComponentField, count, neverDone, nothingToUndo, postgresAction, proof } from './define.ts';

const Input = z.strictObject({
  component: ComponentField,
  salvage: z.string().describe('The stored rows, as extract_rows and extract_tables name them.'),
  conflicts: z.int().min(0).default(KEPT).describe('How many conflicts are named. All are counted.'),
});
const Output = z.strictObject(loadedFields('would be'));

export const previewRows = postgresAction({
  name: 'postgres.preview_rows',
  summary: 'Say what load_rows would put back now, and what stands against it, by table. Nothing is written.',
  danger: 'read',
  timeout: hours(1),
  input: Input,
  output: Output,
  permissions: ({ component }) => [`SELECT on the tables of ${component}`, 'TEMPORARY on its database'],
  observe: neverDone,
  preview: () => ({ danger: 'read', changes: [] }),
  async run({ client, signal, log }, { component, salvage, conflicts }) {
    const output = loadedOutput(await client.previewLoad({ component, salvage, signal }), conflicts);
    const { inserted, restored, already_there, conflicting } = output;
    log(
      `would be put back: ${count(inserted, 'lost row')} and ${count(restored, 'changed row')}; there already: ${already_there}; conflicts: ${conflicting}`,
    );
    return output;
  },
  /** Production goes on meanwhile: how many rows it is about stays the same, what becomes of each may not. */
  async verify({ client, signal }, { component, salvage }, output) {
    const again = loadedOutput(await client.previewLoad({ component, salvage, signal }));
    const [before, now] = [rowsIn(output), rowsIn(again)];
    return [proof('every salvaged row is accounted for', before > 0 && before === now, `${now} of ${before}`)];
  },
  undo: nothingToUndo,
});

const rowsIn = (output: z.infer<typeof Output>): number =>
  output.inserted + output.already_there + output.restored + output.unchanged + output.conflicting;
