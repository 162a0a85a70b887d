import type { Rule } from '../../rule.ts';
import { type PlacedStep, runbooks } from '../../runbooks/runbook.ts';
import { hasRole } from '../../runbooks/step-roles.ts';

/** Of two places in which a setting may stand, the application reads one. */
export const onePlaceForASetting: Rule = {
  id: 'one-place-for-a-setting',
  level: 'warning',
  title: 'A runbook says where the setting is that the application reads, and offers no choice',
  why: 'A task takes the host of its database from its environment or from a parameter, as its task definition says. Writing the other one changes nothing. Which of them counts is known today; in the emergency somebody has to guess.',
  bad: `
scenarios:
  loss:
    steps:
      - { id: parameter, title: Write the host into the parameter, uses: shell.run, one_of: repoint, with: { command: aws ssm put-parameter --name /shop/host --value "$HOST" --overwrite } }
      - { id: environment, title: Write the host into the environment of the tasks, uses: human.task, one_of: repoint, with: { instruction: Change the environment. } }
`,
  good: `
scenarios:
  loss:
    steps:
      - { id: parameter, title: Write the host into the parameter, uses: shell.run, with: { command: aws ssm put-parameter --name /shop/host --value "$HOST" --overwrite } }
`,
  judge: (plan, facts) =>
    runbooks(plan, facts).flatMap((book) => {
      const choices = Map.groupBy(
        book.steps.filter(({ step }) => step.one_of !== undefined),
        ({ step }) => step.one_of as string,
      );
      return [...choices].flatMap(([group, branches]) => {
        const settings = branches.filter((one) => hasRole(one, 'settings') && placeOf(one) !== undefined);
        const places = new Set(settings.map(placeOf));
        const [first, second] = settings;
        if (!first || !second || places.size < 2) return [];
        return [
          {
            path: second.path,
            message: `"${first.step.id}" and "${second.step.id}" are offered as ways to ${group}: one writes ${placeOf(first)}, the other ${placeOf(second)}, and the application reads only one of them`,
            hint: 'Say which one the task definition or manifest reads, and take the other way out.',
            related: [{ path: first.path, message: `writes ${placeOf(first)}` }],
          },
        ];
      });
    }),
};

/** Where a step writes a setting, as its words say it. */
function placeOf({ step }: PlacedStep): string | undefined {
  const command = typeof step.with.command === 'string' ? step.with.command : '';
  const instruction = typeof step.with.instruction === 'string' ? step.with.instruction : '';
  const text = `${step.uses} ${step.title ?? ''} ${command} ${instruction}`;
  return PLACES.find(([pattern]) => pattern.test(text))?.[1];
}

const PLACES: readonly (readonly [RegExp, string])[] = [
  [/\b(put-parameter|parameters?)\b/i, 'a parameter'],
  [/\bsecret/i, 'a secret'],
  [/\b(config ?maps?)\b/i, 'a config map'],
  [/\b(environment|env|task definitions?)\b/i, 'an environment'],
];
