import type { Rule } from '../../src/check/rule.ts';
import { themes } from '../../src/check/rules/index.ts';
import { code, madeFrom, page, table } from './markdown.ts';

/** Every rule of `lifeboat check`, by theme: why it matters, and a fragment that breaks and one that keeps it. */
export function rulesPage(): string {
  return page([
    madeFrom('src/check/rules'),
    '# Rules of `lifeboat check`',
    themes.map(({ title, rules }) => `- [${title}](#${anchor(title)}): ${rules.length} rules`).join('\n'),
    ...themes.flatMap(({ title, rules }) => [
      `## ${title}`,
      table(
        ['Rule', 'Level', 'What it says'],
        rules.map((rule) => [`[\`${rule.id}\`](#${rule.id})`, rule.level, rule.title]),
      ),
      ...rules.flatMap(section),
    ]),
  ]);
}

const anchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

const section = ({ id, level, title, why, bad, good }: Rule): readonly string[] => [
  `### ${id}`,
  `${title} (${level})`,
  why,
  'Not so:',
  code(bad.trim(), 'yaml'),
  'But so:',
  code(good.trim(), 'yaml'),
];
