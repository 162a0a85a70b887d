import type { Lines } from './lines.ts';

/** A step as the document has it, before it is written into the draft. */
export interface FoundStep {
  readonly title: string;
  readonly lines: Lines;
  /** Where the title stands, when that is elsewhere. */
  readonly titleLines?: Lines;
  /** The command, byte for byte; or what a person is told. */
  readonly does:
    | { readonly command: string; readonly written?: string }
    | { readonly instruction: string }
    | { readonly wait: string };
  readonly expect?: string;
  readonly option?: Option;
  /** How long to wait before it, and where that stands. */
  readonly hold?: { readonly for: string; readonly lines: Lines };
  /** What shows that it succeeded. */
  readonly doneWhen?: { readonly text: string; readonly lines: Lines };
  /** What else the document says of it. */
  readonly note?: { readonly text: string; readonly lines: Lines };
  /** All lines that are in the draft with this step. */
  readonly covers: readonly Lines[];
}

/** One way of several; `of` tells which choice it belongs to: a number for each choice of the procedure. */
export interface Option {
  readonly label: string;
  readonly of: number;
}

/** What is known of the steps to come: said by the heading or paragraph above. */
export interface Heading {
  readonly title: string;
  readonly lines: Lines;
  readonly expect?: string;
  readonly hold?: { readonly for: string };
  readonly option?: Option;
  /** As the document has it, with its time. */
  readonly whole: string;
  /** A title such as "Recovery Steps" says nothing of the single step. */
  readonly generic: boolean;
}

/** The lines of the document, without the indent they share. */
export type SourceOf = (lines: Lines) => string;

/** What a heading says that none of its steps says: its time for all of them, and its title when they have their own. */
export const remarkOf = (heading: Heading | undefined): FoundStep['note'] =>
  heading && !heading.generic ? { text: heading.whole, lines: heading.lines } : undefined;

/** Gives the first of some steps what else is said of them. */
export function withNote(steps: readonly FoundStep[], note: FoundStep['note']): readonly FoundStep[] {
  const [first, ...rest] = steps;
  if (!first || !note) return steps;
  return [{ ...first, note, covers: [...first.covers, note.lines] }, ...rest];
}
