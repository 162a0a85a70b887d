import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What one was asked to make: the words after the command, each lower-case with - or _. Ends with how to call it when they are wrong. */
export function wordsFrom(argv: readonly string[], usage: string): readonly string[] {
  const wanted = usage.split(' ').filter((word) => /^[A-Z_]+$/.test(word)).length;
  if (argv.length === wanted && argv.every((word) => /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(word))) return argv;
  return stop(`usage: npm run ${usage}   (lower-case words, joined by - or _)`);
}

/** Writes new files and overwrites none. */
export function writeNew(files: Readonly<Record<string, string>>): void {
  const taken = Object.keys(files).find((file) => existsSync(file));
  if (taken) stop(`${taken} exists; nothing was written`);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`made    ${file}`);
  }
}

/** Adds an import and an entry to the list that `opening` begins, each where the alphabet wants it. */
export function enlist(
  file: string,
  entry: { readonly name: string; readonly from: string; readonly opening: RegExp },
): void {
  const text = readFileSync(file, 'utf8');
  const opened = entry.opening.exec(text);
  if (!opened) stop(`${file}: the list ${entry.opening} is not there`);
  const start = opened.index + opened[0].length;
  const end = text.indexOf(']', start);
  const names = text
    .slice(start, end)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const list = [...names, entry.name].sort().join(', ');
  const listed = text.slice(0, start) + list + text.slice(end);
  writeFileSync(file, withImport(listed, `import { ${entry.name} } from '${entry.from}';`));
  console.log(`changed ${file}`);
}

/** Imports of one statement a line, ordered by where they come from. */
function withImport(text: string, line: string): string {
  const lines = text.split('\n');
  const source = (candidate: string): string => /from '([^']+)'/.exec(candidate)?.[1] ?? '';
  const after = lines.findLastIndex((candidate) => candidate.startsWith('import ') && source(candidate) < source(line));
  lines.splice(after + 1, 0, line);
  return lines.join('\n');
}

export const kebab = (words: string): string => words.replaceAll('_', '-');
export const snake = (words: string): string => words.replaceAll('-', '_');
export const camel = (words: string): string =>
  words.replaceAll(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
export const pascal = (words: string): string => camel(`-${words}`);

/** Ends the program with a sentence. */
export function stop(message: string): never {
  console.error(message);
  process.exit(2);
}
