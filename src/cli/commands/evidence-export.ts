import { exportRun } from '../../usecases/export-evidence.ts';
import { defineCommand, optional, text } from '../define-command.ts';

export const evidenceExportCommand = defineCommand({
  name: 'evidence export',
  summary: 'Write the sealed log of a run into a file that anybody can verify.',
  examples: ['lifeboat evidence export run-20260114-030512-9f3c --out evidence.ndjson'],
  args: { run: optional('The run. Default: the newest.') },
  flags: { out: text('FILE', 'Where to write. Default: RUN.evidence.ndjson here.') },
  fails: ['USAGE', 'RUN_NOT_FOUND', 'JOURNAL_DAMAGED'],
  run: ({ run, out }, services) =>
    exportRun({ ...(run === undefined ? {} : { run }), ...(out === undefined ? {} : { out }) }, services),
  print: ({ run, file, key }) =>
    `Evidence of ${run}: ${file}\nTo verify: lifeboat evidence verify ${file} --key ${key}`,
});
