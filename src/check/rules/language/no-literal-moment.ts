import { scriptOf } from '../../commands/scripts.ts';
import { hereDocuments, writtenParts } from '../../commands/written-parts.ts';
import type { Complaint, Rule } from '../../rule.ts';
import { stepsOf } from '../../runbooks/sequences.ts';
import { textsIn } from '../../texts.ts';

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
    stepsOf(plan, facts).flatMap(({ step, path }) => {
      const script = scriptOf(step);
      const { command: _, ...rest } = step.with;
      const texts = textsIn(script ? rest : step.with, [...path, 'with']).map((one) => ({ ...one, at: undefined }));
      const parts = script ? [...writtenParts(script), ...hereDocuments(script)] : [];
      const written = parts.map(({ text, at }) => ({ path: [...path, 'with', 'command'], text, at }));
      return once([...texts, ...written].flatMap((one) => judgeText(one, step.id)));
    }),
};

/** A literal that a text holds several times is said once. */
const once = (complaints: readonly Complaint[]): readonly Complaint[] =>
  [...new Map(complaints.toReversed().map((one) => [one.message, one])).values()].toReversed();

interface Text {
  readonly path: Complaint['path'];
  readonly text: string;
  readonly at: number | undefined;
}

function judgeText({ path, text, at }: Text, step: string): readonly Complaint[] {
  const covered: { readonly from: number; readonly to: number }[] = [];
  return LITERALS.flatMap(([pattern, what]) =>
    [...text.matchAll(pattern)].flatMap((match): readonly Complaint[] => {
      const [from, to] = [match.index, match.index + match[0].length];
      if (covered.some((one) => from < one.to && to > one.from) || VERSIONS.has(match[0])) return [];
      covered.push({ from, to });
      const message = `the step "${step}" holds ${what}: ${match[0]}`;
      const hint = 'Make it an input of the scenario, or take it from an earlier step.';
      return [{ path, ...(at === undefined ? {} : { within: at + from }), message, hint }];
    }),
  );
}

/** Dates that are the names of formats, and never become wrong. */
const VERSIONS = new Set(['2012-10-17', '2008-10-17', '2010-09-09']);

const DATE = String.raw`20\d\d(-?)(0[1-9]|1[0-2])\1(0[1-9]|[12]\d|3[01])`;

const LITERALS: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(String.raw`(?<![\w.])[A-Za-z][\w:-]{0,120}[-_:]${DATE}([-_T][\d:-]+)?[\w.]*`, 'g'),
    'the name of one copy',
  ],
  [new RegExp(String.raw`(?<!\d)${DATE}([T ]\d\d:?\d\d(:?\d\d)?Z?)?(?!\d)`, 'g'), 'a literal moment'],
  [/arn:aws[\w-]*:[\w-]*:[\w-]*:(?!\d{12}:)\d+:/g, 'an account id that has not 12 digits'],
  [/sqs\.[\w-]+\.[\w.]+\/(?!\d{12}\/)\d+\//g, 'an account id that has not 12 digits'],
];
