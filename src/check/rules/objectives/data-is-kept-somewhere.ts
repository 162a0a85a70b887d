import { OBJECTIVE_KINDS, promiseIn } from '../../promises.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A promise about data that lives nowhere is kept by nothing. */
export const dataIsKeptSomewhere: Rule = {
  id: 'data-is-kept-somewhere',
  level: 'error',
  title: 'Data for which something is promised is kept in a component',
  why: 'A plan that promises to lose at most an hour of configuration, and does not say where configuration is kept, has no backup to measure the promise by.',
  bad: `
data: { settings: { title: Settings, objectives: { rpo: 1h } } }
`,
  good: `
data: { settings: { title: Settings, in: [database], objectives: { rpo: 1h } } }
`,
  judge: ({ data }) =>
    Object.entries(data).flatMap(([name, { in: kept, objectives }]) =>
      kept.length > 0
        ? []
        : OBJECTIVE_KINDS.flatMap((kind): readonly Complaint[] => {
            const promise = promiseIn(objectives, ['data', name, 'objectives'], kind);
            if (!promise) return [];
            return [
              {
                path: promise.path,
                message: `${name} promises ${promise.text} (${kind.toUpperCase()}), and nothing says in which component it is kept: no backup can keep that`,
                hint: 'Name the components in in, and give them backups.',
              },
            ];
          }),
    ),
};
