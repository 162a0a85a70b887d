export const FINDING_LEVELS = ['error', 'warning', 'info'] as const;
export type FindingLevel = (typeof FINDING_LEVELS)[number];

/** A place in a plan file, counted from 1 as editors do. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** Where in the plan a value stands, e.g. `['components', 'database', 'objectives', 'rpo']`. The loader turns it into a Place. */
export type PlanPath = readonly (string | number)[];

/** What a rule has to say about a plan: a value, never an exception. */
export interface Finding {
  readonly rule: string;
  readonly level: FindingLevel;
  readonly at: Place;
  /** Where in the plan, as a waiver may name it: steps by their names. Absent for what is wrong with the file itself. */
  readonly path?: string;
  readonly message: string;
  /** What to write instead, or what to decide. */
  readonly hint: string;
  readonly related?: readonly { readonly at: Place; readonly message: string }[];
}

export const isError = (finding: Finding): boolean => finding.level === 'error';

/** `components.database.backups[0]`, as messages and waivers write a path. */
export const pathText = (path: PlanPath): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  );
