import type { Deaths } from './moments.ts';

/** How one way of a scenario went. */
export interface Row extends Pick<Deaths, 'calm' | 'moments' | 'all' | 'asked'> {
  readonly company: string;
  readonly name: string;
  readonly variant: string;
  readonly steps: number;
  readonly calls: number;
}

const HEAD = ['plan', 'scenario', 'way', 'ended', 'steps', 'moments', 'of', 'people asked', 'calls failed'];

/** Everything that was played, for people to read. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ company, name, variant, calm, steps, moments, all, asked, calls }) =>
    [company, name, variant, calm.state.status, steps, moments, all, asked, calls].map(String),
  );
  const sum = (of: (row: Row) => number) => String(rows.reduce((all, row) => all + of(row), 0));
  const scenarios = new Set(rows.map(({ company, name }) => `${company}/${name}`)).size;
  const total = [
    sum(({ moments }) => moments),
    sum(({ all }) => all),
    sum(({ asked }) => asked),
    sum(({ calls }) => calls),
  ];
  const lines = [HEAD, ...cells, ['all', `${scenarios} scenarios`, `${rows.length} ways`, '', '', ...total]];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
