import { type DocsResult, type Stale, writeDocs } from '../../usecases/render-docs.ts';
import { defineCommand, PLAN_WORD, text, toggle } from '../define-command.ts';

export const docsCommand = defineCommand({
  name: 'docs',
  summary: 'Write the plan as a runbook to read and print.',
  details:
    'Markdown, or one HTML page that needs no network and is good on paper and on a phone.\n' +
    'Environment variables are not read, so that every machine makes the same document of the same plan.\n' +
    'What runs have measured comes from a record beside the plan, e.g. lifeboat.measured.json: commit it with the plan.',
  examples: [
    'lifeboat docs',
    'lifeboat docs examples/corporate-intel/lifeboat.yaml --out RUNBOOK.md',
    'lifeboat docs --out runbook.html',
    'lifeboat docs --measured --out RUNBOOK.md',
    'lifeboat docs --check RUNBOOK.md',
  ],
  args: { plan: PLAN_WORD },
  flags: {
    format: text('FORMAT', 'markdown, html or json. Default: by the ending of the file, else markdown.'),
    out: text('FILE', 'Where to write. Default: to the screen.'),
    check: text('FILE', 'Write nothing; fail when this file is not what would be written.'),
    measured: toggle('First add what the runs kept here have measured to the record beside the plan.'),
  },
  exits: [
    [0, 'The document was written, or the committed one is up to date.'],
    [1, 'The committed document is not up to date, or not there.'],
  ],
  fails: ['USAGE', 'PLAN_INVALID'],
  verbatim: true,
  run: async ({ format, out, check, measured }, services) =>
    writeDocs(
      {
        measured,
        ...(format === undefined ? {} : { format }),
        ...(out === undefined ? {} : { out }),
        ...(check === undefined ? {} : { check }),
      },
      services,
    ),
  print: (result) => printed(result),
  exit: ({ fresh }) => (fresh === false ? 1 : 0),
});

function printed({ file, document, fresh, stale }: DocsResult): string {
  if (document !== undefined) return document.trimEnd();
  if (stale) return staleText(file as string, stale);
  return fresh === true ? `${file} is up to date.` : `The runbook is in ${file}.`;
}

/** What differs first, as far as a line of a screen goes, and the command that makes it right. */
function staleText(file: string, { line, found, expected, renew }: Stale): string {
  if (line === undefined) return `There is no ${file}.\n  → Make it with: ${renew}`;
  return [
    `${file} is not up to date. It differs first in line ${line}:`,
    `  it says:  ${found === undefined ? '(nothing more)' : shortened(found)}`,
    `  it must:  ${expected === undefined ? '(nothing more)' : shortened(expected)}`,
    `  → Renew it with: ${renew}`,
  ].join('\n');
}

const LONGEST = 160;
const shortened = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`);
