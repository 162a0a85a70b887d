import type { Rule } from '../rule.ts';

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
  judge: ({ files }) =>
    Object.entries(files)
      .filter(([, { content }]) => content !== 'in-repository')
      .map(([path, { title, content }]) => ({
        path: ['files', path],
        level: content === 'missing' ? ('error' as const) : ('warning' as const),
        message: content === 'missing' ? `nobody has ${path} (${title})` : `nobody says what is in ${path} (${title})`,
        hint: 'Put it into the repository and write content: in-repository, or replace it by steps.',
      })),
};
