import type { Plan } from '../../../model/plan.ts';
import type { ShellCommand, ShellWord } from '../../../shell/script.ts';
import { type PlacedScript, scriptsOf } from '../../commands/scripts.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** Two clocks that are read one after the other can differ. */
export const nameIsComputedOnce: Rule = {
  id: 'name-is-computed-once',
  level: 'warning',
  title: 'A name with the time in it is computed once',
  why: 'Every $(date …) reads the clock again. When midnight, or the next minute, falls between two of them, the second command looks for a name that nobody made. With the day alone in it, a second run on the same day meets a name that is taken.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: safety, uses: shell.run, with: { command: "aws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier shop-$(date +%F)\\naws rds wait db-snapshot-available --db-snapshot-identifier shop-$(date +%F)" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: safety, uses: shell.run, with: { command: "ID=shop-$(date -u +%Y%m%d-%H%M%S)\\naws rds create-db-snapshot --db-instance-identifier shop --db-snapshot-identifier \\"$ID\\"\\naws rds wait db-snapshot-available --db-snapshot-identifier \\"$ID\\"" } }
      - { id: verify, uses: postgres.verify_server, with: { component: database } }
`,
  judge: judgePlan,
};

interface TimedWord {
  readonly text: string;
  readonly at: number;
  readonly around: PlacedScript;
}

/** Steps of one scenario or procedure are carried out together, so the same name in two of them means the same thing. */
function judgePlan(plan: Plan): readonly Complaint[] {
  const words = scriptsOf(plan).flatMap(timedWords);
  return words.flatMap((word, index): readonly Complaint[] => {
    const first = words.findIndex((other) => isSamePlace(word, other) && other.text === word.text);
    const before = words[first];
    if (before === undefined || first === index) return [];
    return [
      {
        path: word.around.path,
        within: word.at,
        message: `${word.text} is worked out anew: it is another name than before when the time in it has gone on`,
        hint: 'Keep it in a variable, or take it from the step before, and have the time of day in it: a second run on the same day finds the name taken.',
        related: [{ path: before.around.path, within: before.at, message: 'worked out here before' }],
      },
    ];
  });
}

const isSamePlace = ({ around: { of: a } }: TimedWord, { around: { of: b } }: TimedWord): boolean =>
  a.part === b.part && a.name === b.name;

/** The words, also file names behind `>`, that hold `$(date …)` and more. What is only shown to a person may differ. */
function timedWords(around: PlacedScript): readonly TimedWord[] {
  const { commands } = around.script;
  const clocks = commands.filter(({ program, inside }) => program === 'date' && inside.at(-1) === 'substitution');
  const holds = ({ at, text }: ShellWord): boolean =>
    clocks.some((clock) => clock.at > at && clock.at < at + text.length);
  return commands
    .filter((command) => !SHOWING.has(command.program) && !clocks.includes(command))
    .flatMap((command) => wordsOf(command))
    .filter(
      (word) =>
        holds(word) && !/\s/.test(word.text.replace(CLOCK, '')) && !/^["']?(\$\(|`)[^)`]*[)`]["']?$/.test(word.text),
    )
    .map(({ text, at }) => ({ text: text.replace(/^--[\w-]+=/, ''), at, around }));
}

const CLOCK = /\$\([^)]*\)|`[^`]*`/g;

const SHOWING = new Set(['echo', 'printf', 'logger', 'log', 'curl', 'git', 'mail']);

const wordsOf = ({ words, redirects }: ShellCommand): readonly ShellWord[] => [
  ...words.slice(1),
  // A log is appended to, under the name of the day.
  ...redirects.flatMap(({ operator, target }) => (operator === '>>' ? [] : (target ?? []))),
];
