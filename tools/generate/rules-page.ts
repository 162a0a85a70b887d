import { rules } from '../../src/check/rules/index.ts';
import { code, madeFrom, page, table } from './markdown.ts';

/** Every rule of `lifeboat check`: why it matters, and a fragment that breaks and one that keeps it. */
export function rulesPage(): string {
  return page([
    madeFrom('src/check/rules'),
    '# Rules of `lifeboat check`',
    table(
      ['Rule', 'Level', 'What it says'],
      rules.map(({ id, level, title }) => [`[\`${id}\`](#${id})`, level, title]),
    ),
    ...rules.flatMap(({ id, level, title, why, bad, good }) => [
      `## ${id}`,
      `${title} (${level})`,
      why,
      'Not so:',
      code(bad.trim(), 'yaml'),
      'But so:',
      code(good.trim(), 'yaml'),
    ]),
  ]);
}
