import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isError } from '../../model/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { loadPlan } from '../load.ts';
import { allBlocks, allSections, type CodeBlock, isFold } from './blocks.ts';
import { importMarkdown } from './import-markdown.ts';
import { parseMarkdown } from './parse-markdown.ts';

const FOLDER = new URL('fixtures/', import.meta.url);
const FIXTURES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const fixture = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

const imported = (text: string, file = 'DR.md') => importMarkdown({ file, bytes: new TextEncoder().encode(text) });

function planOf(yaml: string): Plan {
  const loaded = loadPlan({ file: 'draft.yaml', text: yaml, env: () => undefined, mode: 'check' });
  expect(loaded.findings.filter(isError)).toEqual([]);
  if (!loaded.ok) throw new Error('the draft does not load');
  return loaded.plan;
}

const codesOf = (text: string): readonly CodeBlock[] =>
  allSections(parseMarkdown(text).root).flatMap(({ blocks }) =>
    blocks.flatMap(allBlocks).filter((block): block is CodeBlock => block.kind === 'code'),
  );

/** Lines a draft speaks of: in the place of a value, of a kept part, or of a title. */
function linesTold(yaml: string): ReadonlySet<number> {
  const told = new Set<number>();
  const questions = yaml.indexOf('# Open questions');
  const body = yaml.slice(yaml.indexOf('\nlifeboat: 1', questions));
  for (const [, first, last = first] of body.matchAll(/DR\.md:(\d+)(?:-(\d+))?/g))
    for (let line = Number(first); line <= Number(last); line++) told.add(line);
  return told;
}

describe.each(FIXTURES)('%s', (name) => {
  const text = fixture(name);
  const { yaml, values } = imported(text);

  test('becomes a draft that loads without an error', () => {
    expect(Object.keys({ ...planOf(yaml).scenarios, ...planOf(yaml).procedures }).length).toBeGreaterThan(0);
  });

  test('loses no line: every one has its place in the draft', () => {
    const told = linesTold(yaml);
    const lost = text
      .split('\n')
      .map((line, index) => ({ line, at: index + 1 }))
      .filter(
        ({ line, at }) => line.trim() !== '' && !/^([-*_=]\s*){3,}$/.test(line) && !isFold(line) && !told.has(at),
      );
    expect(lost).toEqual([]);
  });

  test('holds every block of code, byte for byte, with its lines', () => {
    const escaped = yaml.replaceAll('${{ "${{" }}', '${{');
    for (const { text: code, lines } of codesOf(text)) {
      for (const line of code.split('\n').filter((one) => one.trim() !== '')) expect(escaped).toContain(line.trim());
      const inside = [...linesTold(yaml)].filter((line) => line >= lines.first && line <= lines.last);
      expect(inside.length).toBeGreaterThan(0);
    }
  });

  test('is the same when it is imported again', () => expect(imported(text)).toEqual(imported(text)));

  test('has a place for every value that was read', () => {
    for (const { path, from } of values) {
      expect(path).not.toBe('');
      expect(from).toMatch(/^DR\.md:\d+(-\d+)?$/);
    }
  });

  test.each(['macintosh', 'windows-1252'] as const)('means the same when its UTF-8 was read as %s', (readAs) => {
    const damaged = new TextDecoder(readAs).decode(new TextEncoder().encode(text));
    const again = imported(damaged);
    expect(again.repairs.length > 0).toBe(damaged !== text);
    expect(again.values).toEqual(values);
    expect(planOf(again.yaml)).toEqual(planOf(yaml));
  });
});

test('the draft of one document, whole', async () => {
  await expect(imported(fixture('scores.md'), 'scores.md').yaml).toMatchFileSnapshot('fixtures/scores.draft.yaml');
});

describe('commands', () => {
  const forty = Array.from({ length: 40 }, (_, n) => ({
    title: `### Step ${n + 1}: Act ${n}`,
    code: [
      `echo "${n}: \${HOME} # not a comment"`,
      '\tindented with a tab',
      '',
      `  two: { spaces } | ${n} \\`,
      "'quotes'  ",
    ].join('\n'),
  }));
  const document = `# Plan\n\n## Scenario 1: Server loss\n\n${forty.map(({ title, code }) => `${title}\n\n\`\`\`bash\n${code}\n\`\`\`\n`).join('\n')}`;

  test('of 40 blocks are 40 steps, byte for byte, each with its lines', () => {
    const { yaml, values } = imported(document);
    const steps = planOf(yaml).scenarios['server-loss']?.steps ?? [];
    expect(steps.map((step) => step.with.command)).toEqual(forty.map(({ code }) => code));
    const lines = codesOf(document).map(({ lines: at }) => `DR.md:${at.first}-${at.last}`);
    expect(values.filter(({ path }) => path.endsWith('with.command')).map(({ from }) => from)).toEqual(lines);
  });

  test('that look like an expression of the plan language stay what they are', () => {
    const { yaml } = imported('## Scenario: x lost\n\n```yaml\nkey: ${{ secrets.KEY }}\n```\n');
    expect(yaml).toContain('${{ "${{" }} secrets.KEY }}');
    planOf(yaml);
  });

  test.each([
    ['a first line that is empty', '\n\nls'],
    ['a first line that is indented', '   ls\nls'],
    ['lines of blanks at the end', 'ls\n  \n '],
    ['control characters', 'printf "\u001b[1m\u0085\u2028x"\nls'],
    ['a character that stands for a lost one', 'echo \ufffd\nls'],
    ['nothing but a comment', '# just this'],
    ['what looks like YAML', '- a: b\n? c'],
  ])('with %s come back byte for byte', (_what, code) => {
    const { yaml } = imported(`## Scenario: x lost\n\n\`\`\`bash\n${code}\n\`\`\`\n`);
    const steps = Object.values(planOf(yaml).scenarios)[0]?.steps ?? [];
    expect(steps.map((step) => step.with.command ?? step.with.instruction)).toEqual([code]);
  });
});

describe('bad input', () => {
  test('a document without any procedure is refused', () => {
    expect(() => imported('# Notes\n\nOur plan is to be careful.\n\n- one\n- two\n')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('holds no procedure') }),
    );
  });

  test('what is too deep is kept, and asked about', () => {
    const { yaml, questions } = imported(`## Scenario: x lost\n\n1. do\n\n## Deep\n\n${'> '.repeat(3000)}end\n`);
    expect(questions.map(({ text }) => text).join()).toContain('too large or too deep');
    expect(yaml).toContain('> end');
    expect(yaml).toContain('DR.md:5-7');
    planOf(yaml);
  });

  test('2 MB of it take seconds, not minutes', () => {
    const part =
      '## Scenario: server lost\n\n**RTO**: 4 hours\n\n1. do\n2. and\n\n```bash\nls\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n';
    const { counts } = imported(part.repeat(300));
    expect(counts.scenarios).toBe(300);
  });

  test.each(['constructor', '__proto__', 'toString'])('a scenario called %s is nothing special', (title) => {
    planOf(imported(`## Scenario: ${title}\n\n\`\`\`bash\nls\n\`\`\`\n`).yaml);
  });
});
