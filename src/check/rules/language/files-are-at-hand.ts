import type { Plan } from '../../../model/plan.ts';
import { filesRead, scriptsCalled } from '../../commands/named-files.ts';
import { scriptsOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A script that nobody has is no step. */
export const filesAreAtHand: Rule = {
  id: 'files-are-at-hand',
  level: 'warning',
  title: 'Every script and document the plan relies on is known',
  why: 'A step that calls a script which is in no repository, or whose content nobody has read, does whatever it does, or nothing.',
  bad: `
files: { scripts/rollback.sh: { title: Takes a deployment back, content: missing } }
`,
  good: `
files: { scripts/rollback.sh: { title: Takes a deployment back, content: in-repository } }
`,
  judge: (plan) => [...describedFiles(plan), ...calledFiles(plan)],
};

const describedFiles = ({ files }: Plan): readonly Complaint[] =>
  Object.entries(files)
    .filter(([, { content }]) => content !== 'in-repository')
    .map(([path, { title, content }]) => ({
      path: ['files', path],
      level: content === 'missing' ? ('error' as const) : ('warning' as const),
      message: content === 'missing' ? `nobody has ${path} (${title})` : `nobody says what is in ${path} (${title})`,
      hint: 'Put it into the repository and write content: in-repository, or replace it by steps.',
    }));

/** What commands call and the list does not name; one file once. A script may be called from another folder, so its last name decides. */
function calledFiles(plan: Plan): readonly Complaint[] {
  const known = new Set(Object.keys(plan.files).map((path) => path.split('/').at(-1)));
  const found = new Map<string, Complaint>();
  for (const { script, path, step } of scriptsOf(plan))
    for (const { file, at } of [...scriptsCalled(script), ...filesRead(script)]) {
      if (known.has(file.split('/').at(-1)) || found.has(file)) continue;
      found.set(file, {
        path,
        within: at,
        message: `"${step.id}" needs ${file}, and nothing in the plan says what is in it`,
        hint: `Add it to files: ${file}: { title: …, content: in-repository }, when it is there.`,
      });
    }
  return [...found.values()];
}
