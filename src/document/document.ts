/*
 * A document as plain data: what it says, not how it looks. Texts are as they came; each writer escapes them once, where they enter.
 */

/** A piece of a line. `blank`: what is only known when it happens, and is filled in then. */
export type Inline =
  | string
  | { readonly kind: 'strong'; readonly text: Line }
  | { readonly kind: 'soft'; readonly text: Line }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'blank'; readonly text: string }
  | { readonly kind: 'tag'; readonly text: string; readonly tone: Tone }
  | { readonly kind: 'link'; readonly text: string; readonly to: string }
  | { readonly kind: 'phone'; readonly number: string }
  | { readonly kind: 'mail'; readonly address: string }
  | { readonly kind: 'web'; readonly address: string };
export type Line = readonly Inline[];

export type Tone = 'good' | 'bad' | 'open' | 'plain';

export interface Item {
  readonly text: Line;
  readonly inner?: readonly Item[];
}

export interface Row {
  /** By which links find it. */
  readonly id?: string;
  readonly cells: readonly Line[];
}

export interface StepEntry {
  readonly id: string;
  readonly number: string;
  /** What it is a part of, when it is. */
  readonly within?: Line;
  readonly title: Line;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: Line }
  | { readonly kind: 'list'; readonly look?: 'ordered' | 'tree'; readonly items: readonly Item[] }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly Row[] }
  | { readonly kind: 'command'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'steps'; readonly steps: readonly StepEntry[] };

export interface Fact {
  readonly name: string;
  readonly value: Line;
}

/** A piece of a command: text to be copied, or something that must be filled in first. */
export type Piece = string | { readonly kind: 'blank'; readonly text: string };

export interface Section {
  /** The anchor: made from names of the plan, which stay when titles change. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Section[];
  /** Whether the contents name its inner sections as well. */
  readonly listed?: boolean;
  /** Begins on a page of its own on paper. */
  readonly page?: boolean;
}

export interface Document {
  readonly title: string;
  readonly lead: readonly Block[];
  /** What is needed before anything else, the contents included. */
  readonly first: Section;
  readonly sections: readonly Section[];
}

export const strong = (...text: Line): Inline => ({ kind: 'strong', text });
export const soft = (...text: Line): Inline => ({ kind: 'soft', text });
export const code = (text: string): Inline => ({ kind: 'code', text });
export const blank = (text: string) => ({ kind: 'blank', text }) as const;
export const tag = (text: string, tone: Tone = 'plain'): Inline => ({ kind: 'tag', text, tone });
export const link = (text: string, to: string): Inline => ({ kind: 'link', text, to });

export const paragraph = (...text: Line): Block => ({ kind: 'paragraph', text });
export const facts = (all: readonly Fact[]): readonly Block[] =>
  all.length === 0 ? [] : [{ kind: 'facts', facts: all }];
export const fact = (name: string, ...value: Line): Fact => ({ name, value });
export const item = (text: Line, inner: readonly Item[] = []): Item =>
  inner.length === 0 ? { text } : { text, inner };

/** A list, or nothing at all when it would be empty. */
export const list = (items: readonly Item[], look?: 'ordered' | 'tree'): readonly Block[] =>
  items.length === 0 ? [] : [{ kind: 'list', items, ...(look ? { look } : {}) }];

/** A table, or nothing at all when it would be empty. */
export const table = (head: readonly string[], rows: readonly Row[]): readonly Block[] =>
  rows.length === 0 ? [] : [{ kind: 'table', head, rows }];

/** Parts of a line with something between them. */
export const joined = (parts: readonly Line[], between = ', '): Line =>
  parts.flatMap((part, index) => (index === 0 ? part : [between, ...part]));

/** A section, or nothing at all when nothing would stand in it. */
export const section = (one: Section): readonly Section[] =>
  one.blocks.length === 0 && (one.sections ?? []).length === 0 ? [] : [one];
