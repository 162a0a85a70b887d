import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * House rules that no other tool checks: files stay short, and the clock, chance and unfinished work
 * stay out of the product. Prints every place and fails when there is one.
 */
const LONGEST_FILE = 400;

const FORBIDDEN = [
  { pattern: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/, why: 'time and chance come in as arguments' },
  { pattern: /\bTODO\b|\bFIXME\b|\bXXX\b/, why: 'unfinished work is an issue, not a comment' },
];

/** Where the real clock is at home, and where words are looked for rather than meant. */
const FREE = [
  /^src\/main\//,
  /^src\/lib\/clock\.ts$/,
  /^lab\//,
  /^tests\//,
  /^tools\//,
  /\.(test|testsuite|fake)\.ts$/,
];
const ABOUT_WORDS = [/^src\/check\/rules\//];

const complaints = sourceFiles().flatMap(complaintsAbout);
for (const complaint of complaints) console.error(complaint);
console.error(`house rules: ${complaints.length === 0 ? 'kept' : `${complaints.length} broken`}`);
process.exitCode = complaints.length === 0 ? 0 : 1;

function sourceFiles(): readonly string[] {
  return ['src', 'lab', 'tests', 'tools', 'bin'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|js|mjs)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

function complaintsAbout(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const length = lines.length - 1;
  const long = length > LONGEST_FILE ? [`${file}: ${length} lines, more than ${LONGEST_FILE}: split it`] : [];
  return [...long, ...lines.flatMap((line, index) => complaintsAboutLine(file, line, index + 1))];
}

function complaintsAboutLine(file: string, line: string, number: number): readonly string[] {
  if (FREE.some((free) => free.test(file)) || ABOUT_WORDS.some((free) => free.test(file))) return [];
  return FORBIDDEN.filter(({ pattern }) => pattern.test(line)).map(({ why }) => `${file}:${number}: ${why}`);
}
