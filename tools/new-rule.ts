import { camel, enlist, kebab, wordsFrom, writeNew } from './skeleton/write.ts';

const [words] = wordsFrom(process.argv.slice(2), 'new-rule NAME') as [string];
const id = kebab(words);

writeNew({
  [`src/check/rules/${id}.ts`]: `import type { Rule } from '../rule.ts';

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
enlist('src/check/rules/index.ts', {
  name: camel(words),
  from: `./${id}.ts`,
  opening: /rules: readonly Rule\[\] = \[/,
});
console.log('Next: write bad and good, then judge; then: npm run generate');
