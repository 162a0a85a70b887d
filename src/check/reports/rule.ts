import type { RuleText } from '../describe-rule.ts';
import { wrapped } from '../wrapped.ts';

/** A rule for a person who asks what a finding is about: what, why, how it is broken and kept, and how it is accepted for a time. */
export function reportRule({ id, level, title, why, bad, good }: RuleText): string {
  return [
    `${id} (${level})`,
    title,
    '',
    ...wrapped(why),
    ...example('It complains about', bad),
    ...example('It is content with', good),
    '',
    'To fix it:',
    ...wrapped(fixOf(bad)).map((line) => `  ${line}`),
    ...(bad === undefined ? [] : ['', 'To accept a finding for a time, say so in the plan:', ...waiverOf(id)]),
  ].join('\n');
}

const fixOf = (bad: string | undefined): string =>
  bad === undefined
    ? 'Do what the arrow under the finding says. It cannot be waived.'
    : 'Do what the arrow under the finding says: it knows the place and the numbers. The second example shows what it comes to.';

const example = (title: string, yaml: string | undefined): readonly string[] =>
  yaml === undefined
    ? []
    : [
        '',
        `${title}:`,
        ...yaml
          .trim()
          .split('\n')
          .map((line) => `  ${line}`.trimEnd()),
      ];

const waiverOf = (id: string): readonly string[] => [
  '  waivers:',
  `    - { rule: ${id}, at: PATH, reason: WHY, owner: ROLE, expires: YYYY-MM-DD }`,
];
