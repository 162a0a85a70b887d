import { writeDocs } from '../../usecases/render-docs.ts';
import { defineCommand, text } from '../define-command.ts';

export const docsCommand = defineCommand({
  name: 'docs',
  summary: 'Write the plan as a runbook to read and print.',
  examples: ['lifeboat docs', 'lifeboat docs --out RUNBOOK.md'],
  args: {},
  flags: { out: text('FILE', 'Where to write. Default: to the screen.') },
  fails: ['USAGE', 'PLAN_INVALID'],
  verbatim: true,
  run: async ({ out }, services) => writeDocs(out, services),
  print: ({ file, markdown }) => (file === undefined ? markdown : `The runbook is in ${file}.`),
});
