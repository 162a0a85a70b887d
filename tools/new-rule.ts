import { existsSync, readdirSync } from 'node:fs';
import { camel, enlist, kebab, stop, wordsFrom, writeNew } from './skeleton/write.ts';

const RULES = 'src/check/rules';
const [theme, words] = wordsFrom(process.argv.slice(2), 'new-rule THEME NAME') as [string, string];
const id = kebab(words);
const folder = `${RULES}/${theme}`;
if (!existsSync(`${folder}/index.ts`)) {
  const themes = readdirSync(RULES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  stop(`there is no theme ${theme}: choose one of ${themes.map(({ name }) => name).join(', ')}`);
}

writeNew({
  [`${folder}/${id}.ts`]: `import type { Rule } from '../../rule.ts';

/** Not written yet: it complains about nothing, so the test of its \`bad\` fragment is red. */
export const ${camel(words)}: Rule = {
  id: '${id}',
  level: 'warning',
  title: 'What must hold, as one sentence',
  why: 'Why it matters, with the source of any technical fact.',
  bad: \`
components: {}
\`,
  good: \`
components: {}
\`,
  judge: () => [],
};
`,
});
enlist(`${folder}/index.ts`, {
  name: camel(words),
  from: `./${id}.ts`,
  opening: /Rules: readonly Rule\[\] = \[/,
});
console.log('Next: write bad and good, then judge; then: npm run generate');
