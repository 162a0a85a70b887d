import type { Rule } from '../../rule.ts';

/** An auditor asks for what was done, not for what is intended. */
export const controlsHaveEvidence: Rule = {
  id: 'controls-have-evidence',
  level: 'warning',
  title: 'Every control names what shows that it is kept',
  why: 'A plan that says "backups are encrypted" for PCI DSS, and names no policy, drill or task that shows it, has a sentence and no control. SOC 2 and PCI DSS assessments ask for evidence of operation over a period.',
  bad: `
controls: { encrypted: { standard: PCI DSS, requires: Backups are encrypted } }
`,
  good: `
controls: { encrypted: { standard: PCI DSS, requires: Backups are encrypted, evidence: [components.database.backups] } }
`,
  judge: ({ controls }) =>
    Object.entries(controls).flatMap(([name, { standard, requires, evidence }]) =>
      evidence.length > 0
        ? []
        : [
            {
              path: ['controls', name],
              message: `${standard} asks that "${requires}", and nothing in the plan shows that it is so`,
              hint: 'Name in evidence what shows it: a drill, a task, a policy by its path, e.g. drills.restore.',
            },
          ],
    ),
};
