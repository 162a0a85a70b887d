import { componentFor } from './find-components.ts';
import type { Lines } from './lines.ts';
import { componentsLike } from './match-component.ts';
import { FAILURE, scenarioLike } from './match-scenario.ts';
import { nameFor, type Reading, slug } from './reading.ts';

export type Axis = 'rto' | 'rpo';

/** What an objective is promised for. */
export type Subject =
  | { readonly kind: 'all' }
  | { readonly kind: 'scenario'; readonly title: string }
  | { readonly kind: 'class'; readonly title: string }
  | { readonly kind: 'data'; readonly title: string }
  | { readonly kind: 'component'; readonly title: string };

/** What the title in a row or line stands for; `heading` is what stands above the column. */
export function subjectOf(
  title: string,
  heading: string,
  axes: readonly Axis[],
  known: (title: string) => boolean,
): Subject {
  if (/^(global|overall|default|all systems|all services|everything)/i.test(title)) return { kind: 'all' };
  if (/priority|tier|class|criticality|severity|level/i.test(heading)) return { kind: 'class', title };
  if (/scenario|disaster|event|incident|failure|threat/i.test(heading)) return { kind: 'scenario', title };
  if (/\bdata\b/i.test(heading)) return { kind: 'data', title };
  if (FAILURE.test(title)) return { kind: 'scenario', title };
  if (
    /^(p\d|tier[- ]?\d|(non-?)?critical( systems?| services?)?|priority \d|(high|medium|low) priority)\b/i.test(title)
  )
    return { kind: 'class', title };
  const isGuess = heading === '';
  return isGuess && !axes.includes('rto') && !known(title) ? { kind: 'data', title } : { kind: 'component', title };
}

/** Where the objectives of a subject belong; undefined when it is asked instead. */
export function pathOf(reading: Reading, subject: Subject, lines: Lines, apart?: Lines): readonly string[] | undefined {
  switch (subject.kind) {
    case 'all':
      return [];
    case 'scenario':
      return scenarioPath(reading, subject.title, lines);
    case 'class':
      return ['classes', classOf(reading, subject.title, lines)];
    case 'data':
      return dataPath(reading, subject.title, lines);
    case 'component': {
      const component = componentFor(reading, subject.title, lines, apart);
      return component === undefined ? undefined : ['components', component];
    }
  }
}

/** The class of that title, made when it is new. */
export function classOf({ draft }: Reading, title: string, from: Lines): string {
  const [code] = /\b(p\d|tier[- ]?\d)\b/i.exec(title) ?? [];
  const name = slug(code ?? title);
  draft.put(['classes', name, 'title'], title, from);
  draft.open(['classes', name, 'objectives']);
  return name;
}

function dataPath({ draft }: Reading, title: string, lines: Lines): readonly string[] {
  const name = slug(title);
  draft.put(['data', name, 'title'], title, lines);
  draft.open(['data', name, 'objectives']);
  return ['data', name];
}

/** The scenario of that name; a scenario without steps when the document promises something for which it has no procedure. */
function scenarioPath(reading: Reading, title: string, lines: Lines): readonly string[] {
  const found = scenarioLike(reading, title);
  if (found !== undefined) return ['scenarios', found];
  const name = nameFor(title, reading.draft.keys(['scenarios']));
  reading.draft.put(['scenarios', name, 'title'], title, lines);
  reading.ask(`The document promises something for "${title}", but has no procedure for it.`, lines);
  return ['scenarios', name];
}

/** Data that is kept in exactly one component that is known is said to be in it. */
export function placeData(reading: Reading): void {
  const { draft } = reading;
  for (const name of draft.keys(['data'])) {
    const title = draft.read(['data', name, 'title']);
    const [only, ...others] = title?.kind === 'value' ? componentsLike(reading, String(title.value)) : [];
    if (only !== undefined && others.length === 0) draft.add(['data', name, 'in'], only);
  }
}
