import type { Word, WordPart } from 'unbash';
import type { ShellWord } from './script.ts';

/** A word of the parser as the rest of the program looks at it. `from` is where its text begins in the whole text. */
export function toWord(word: Word, from: number): ShellWord {
  const open = openParts(word.parts ?? [], false);
  return {
    text: word.text,
    value: word.value,
    isLiteral: open.length === 0,
    isQuoted: open.every(({ quoted }) => quoted),
    variables: open.flatMap(({ name }) => (name === undefined ? [] : [name])),
    at: from + word.pos,
  };
}

interface OpenPart {
  readonly name?: string;
  readonly quoted: boolean;
}

/** The parts of a word whose value is only known when it runs. */
function openParts(parts: readonly WordPart[], quoted: boolean): readonly OpenPart[] {
  return parts.flatMap((part): readonly OpenPart[] => {
    switch (part.type) {
      case 'SimpleExpansion':
        return [{ name: part.text.slice(1), quoted }];
      case 'ParameterExpansion':
        return [{ name: part.parameter, quoted }];
      case 'CommandExpansion':
      case 'ArithmeticExpansion':
      case 'ProcessSubstitution':
      case 'Glob':
      case 'ExtendedGlob':
        return [{ quoted }];
      case 'DoubleQuoted':
      case 'LocaleString':
        return openParts(part.parts, true);
      default:
        return [];
    }
  });
}
