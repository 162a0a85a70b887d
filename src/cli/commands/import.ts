import { type ImportResult, importPlan } from '../../usecases/import-plan.ts';
import { defineCommand, needed } from '../define-command.ts';

export const importCommand = defineCommand({
  name: 'import',
  summary: 'Read a plan in Markdown as a draft, with the place of every value and the open questions.',
  details:
    'Writes lifeboat.yaml, or the file of --plan, and overwrites nothing. The document is not changed.\n' +
    'Commands are kept byte for byte. With --json the place of every value is printed, too.',
  examples: ['lifeboat import DR.md', 'lifeboat import docs/DR.md --plan draft.yaml --json'],
  args: { document: needed('The plan in Markdown.') },
  flags: {},
  fails: ['USAGE'],
  run: async ({ document }, services) => importPlan(document, services),
  print: (result) => report(result),
});

const SHOWN = 10;

function report({ plan, counts, questions, repairs, check }: ImportResult): string {
  const { scenarios, procedures, steps, components, kept } = counts;
  const more = questions.length - SHOWN;
  return [
    `Draft: ${plan}`,
    `  ${scenarios} scenarios, ${procedures} procedures, ${steps} steps, ${components} components; ${kept} parts of the document are kept as comments`,
    ...(repairs.length > 0
      ? [`  ${repairs.length} runs of damaged characters were put right (see the top of the draft)`]
      : []),
    '',
    `Open questions: ${questions.length}`,
    ...questions.slice(0, SHOWN).map(({ from, text }) => `  ${from}  ${text}`),
    ...(more > 0 ? [`  and ${more} more at the top of the draft`] : []),
    '',
    `Check: ${check.errors} errors, ${check.warnings} warnings`,
    ...rulesOf(check),
    'Next: answer the questions in the draft, then: lifeboat check',
  ].join('\n');
}

/** How often each rule complains, the most frequent first. */
function rulesOf({ findings }: ImportResult['check']): readonly string[] {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .map(([rule, n]) => `  ${String(n).padStart(3)}  ${rule}`);
}
