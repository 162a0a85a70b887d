import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TESTS_ALONE } from './tests-alone.ts';

/*
 * House rules that no other tool checks: files stay short, the clock, chance and unfinished work stay out of the product, and a test
 * that changes its process has one of its own. Prints every place and fails when there is one.
 */
const LONGEST_FILE = 400;

const FORBIDDEN = [
  { pattern: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/, why: 'time and chance come in as arguments' },
  { pattern: /\bTODO\b|\bFIXME\b|\bXXX\b/, why: 'unfinished work is an issue, not a comment' },
];

/** Unit tests share their process, and none may find what another one has left there. */
const CHANGES_THE_PROCESS =
  /\bvi\.(useFakeTimers|setSystemTime|stubEnv|stubGlobal|mock|doMock)\(|\bprocess\.env\S* = |\bprocess\.(chdir|umask)\(|\bstackTraceLimit = /;

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
  if (CHANGES_THE_PROCESS.test(line) && sharesItsProcess(file))
    return [`${file}:${number}: it changes the process that others share: name it in tools/tests-alone.ts`];
  if (FREE.some((free) => free.test(file)) || ABOUT_WORDS.some((free) => free.test(file))) return [];
  return FORBIDDEN.filter(({ pattern }) => pattern.test(line)).map(({ why }) => `${file}:${number}: ${why}`);
}

function sharesItsProcess(file: string): boolean {
  return /^(src|lab)\/.*\.(test|testsuite|fake)\.ts$/.test(file) && !TESTS_ALONE.includes(file);
}
