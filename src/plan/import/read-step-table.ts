import { plain, type TableBlock, type TableRow } from './blocks.ts';
import type { FoundStep, Option } from './found-step.ts';
import { spanIn } from './read-values.ts';
import { cellOf, columnOf } from './tables.ts';
import { approvalOf } from './typed-actions.ts';

/** Steps of a table whose rows are actions, with the times that stand in it. Empty when it is another kind of table. */
export function stepsOfTable(table: TableBlock, option: Option | undefined): readonly FoundStep[] {
  const action = columnOf(
    table,
    /^(recovery |response )?(action|step|task|what( to do)?|instruction|activity|procedure|description)s?$/i,
  );
  const numbers = /^(#|no\.?|nr\.?|seq(uence)?|order|step( no\.?| #| number)?|phase)$/i;
  const numbered = table.header.findIndex((cell) => numbers.test(plain(cell)));
  const title = action !== undefined && action === numbered ? wordsBeside(table, action) : action;
  if (
    title === undefined ||
    (numbered < 0 && !/^(action|step|task|instruction|activity)/i.test(plain(table.header[title] ?? '')))
  )
    return [];
  const time = columnOf(table, /time|duration|estimate|takes|target|minutes|within/i);
  return table.rows.flatMap((row) => {
    const words = cellOf(row, title);
    return words === undefined ? [] : [stepOf(table, row, words, cellOf(row, time), option)];
  });
}

function wordsBeside(table: TableBlock, numbered: number): number | undefined {
  const words = /action|task|description|what|instruction|activity|procedure/i;
  const found = table.header.findIndex((cell, index) => index !== numbered && words.test(plain(cell)));
  return found < 0 ? undefined : found;
}

function stepOf(
  table: TableBlock,
  row: TableRow,
  words: string,
  time: string | undefined,
  option: Option | undefined,
): FoundStep {
  const expect = time === undefined ? undefined : spanIn(time);
  const said = row.cells.map((cell, index) => ({ heading: plain(table.header[index] ?? ''), cell }));
  const command = said.find(({ heading, cell }) => /command/i.test(heading) && /^`[^`]+`$/.test(cell.trim()));
  const isApproval = approvalOf(words) !== undefined;
  const told = said.filter(({ cell }) => plain(cell) !== '');
  const instruction = told.map(({ heading, cell }) => `${heading}: ${cell}`).join('\n');
  return {
    title: words,
    lines: row.lines,
    does: command ? { command: command.cell.trim().slice(1, -1) } : { instruction: isApproval ? words : instruction },
    covers: [row.lines],
    ...(command || isApproval ? { note: { text: instruction, lines: row.lines } } : {}),
    ...(expect === undefined ? {} : { expect }),
    ...(option ? { option } : {}),
  };
}
