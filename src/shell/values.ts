import type { ShellScript, ShellWord } from './script.ts';

/** What a word is when the script runs, as far as the script itself says so; undefined when it depends on anything else. */
export function knownValue(word: ShellWord, script: ShellScript): string | undefined {
  if (word.isLiteral) return word.value;
  let value = word.value;
  for (const name of word.variables) {
    const assigned = script.assignments.filter((one) => one.name === name && one.at < word.at);
    const [only] = assigned;
    if (assigned.length !== 1 || !only?.value?.isLiteral) return undefined;
    value = value.replaceAll(new RegExp(String.raw`\$(${name}\b|\{${name}\})`, 'g'), () => only.value?.value ?? '');
  }
  // What is worked out by a command or a pattern has no name, and stands as it was written.
  return /[$`*?]/.test(value) ? undefined : value;
}

/** The same for a path of which only the name at its end matters: `$FOLDER/shop.sql` ends with `shop.sql` wherever it is. */
export function knownName(word: ShellWord, script: ShellScript): string | undefined {
  const value = knownValue(word, script);
  if (value !== undefined) return value;
  const name = fileOf(word.value);
  return word.value.includes('/') && !/[$`*?{}]/.test(name) ? name : undefined;
}

/** The name of the file that a path ends with. */
export const fileOf = (path: string): string => path.split('/').at(-1) ?? path;
