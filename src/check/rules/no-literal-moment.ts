import type { Complaint, Rule } from '../rule.ts';
import { runbooks } from '../runbook.ts';
import { textsIn } from '../texts.ts';

/** The next disaster is not on the day on which the document was written. */
export const noLiteralMoment: Rule = {
  id: 'no-literal-moment',
  level: 'warning',
  title: 'Steps take moments and names of copies from the run, not from the document',
  why: 'A date, or the name of a snapshot with a date in it, that stands in a step was right once. In the emergency it restores that day, or it does not exist any more. The same holds for an account number that is too short to be one: AWS account ids have 12 digits.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database, to: "2026-01-04T02:00:00Z" }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    inputs: { moment: { describe: The moment just before the damage, default: latest } }
    steps:
      - { id: restore, uses: postgres.restore_server, with: { component: database, to: "\${{ inputs.moment }}" }, approve: { role: keeper, within: 10m } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book) =>
      book.steps.flatMap(({ step, path }) =>
        textsIn(step.with, [...path, 'with']).flatMap(({ path: at, text }): readonly Complaint[] => {
          const found = LITERALS.map(([pattern, what]) => ({ text: pattern.exec(text)?.[0], what })).find(
            (one) => one.text !== undefined,
          );
          if (!found) return [];
          const message = `the step "${step.id}" holds ${found.what}: ${found.text}`;
          return [{ path: at, message, hint: 'Make it an input of the scenario, or take it from an earlier step.' }];
        }),
      ),
    ),
};

const DATE = String.raw`20\d\d(-?)(0[1-9]|1[0-2])\1(0[1-9]|[12]\d|3[01])`;

const LITERALS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(String.raw`(?<![\w/.])[A-Za-z][\w:-]*[-_:]${DATE}([-_T][\d:-]+)?[\w.]*`), 'the name of one copy'],
  [new RegExp(String.raw`(?<!\d)${DATE}([T ]\d\d:?\d\d(:?\d\d)?Z?)?(?!\d)`), 'a literal moment'],
  [/arn:aws[\w-]*:[\w-]*:[\w-]*:(?!\d{12}:)\d+:/, 'an account id that has not 12 digits'],
  [/sqs\.[\w-]+\.[\w.]+\/(?!\d{12}\/)\d+\//, 'an account id that has not 12 digits'],
];
