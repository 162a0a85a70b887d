import type { KeptWord } from '../usecases/keep-word.ts';

/** What must be said where a word is kept on this machine alone. */
export const notCopiedLines = ({ not_copied }: KeptWord): readonly string[] =>
  not_copied === undefined
    ? []
    : [
        `! It is kept on this machine, but not in the repository: ${not_copied.message}`,
        `  → ${not_copied.hint}`,
        ...(not_copied.code === 'RUN_FENCED' ? ['  Say it on that machine, too.'] : []),
      ];
