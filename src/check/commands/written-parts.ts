import { isClientOfSql } from '../../shell/programs/sql.ts';
import type { ShellCommand, ShellScript } from '../../shell/script.ts';

/** A part of a shell text that is carried out: a command as it is written, an assignment, or SQL that a client is given. */
export interface WrittenPart {
  readonly text: string;
  readonly at: number;
}

/** What of a shell text is carried out, without comments and without documents that are only written somewhere. */
export function writtenParts({ text, commands, assignments }: ShellScript): readonly WrittenPart[] {
  const parts = new Map<number, string>();
  for (const { at, end } of commands) parts.set(at, text.slice(at, Math.max(end, at + (parts.get(at)?.length ?? 0))));
  for (const { at, name, value } of assignments)
    if (value) parts.set(at, text.slice(at, Math.max(at + name.length + 1, value.at + value.text.length)));
  for (const { at, text: sql } of documents(commands.filter(isClientOfSql), text)) parts.set(at, sql);
  return [...parts].map(([at, part]) => ({ at, text: part })).sort((a, b) => a.at - b.at);
}

/** The here-documents of a shell text, whatever reads them. */
export const hereDocuments = ({ commands, text }: ShellScript): readonly WrittenPart[] => documents(commands, text);

const documents = (commands: readonly ShellCommand[], text: string): readonly WrittenPart[] =>
  commands.flatMap((command) =>
    command.redirects.flatMap(({ body }) => {
      const at = body === undefined ? -1 : text.indexOf(body, command.at);
      return body === undefined || at < 0 ? [] : [{ text: body, at }];
    }),
  );
