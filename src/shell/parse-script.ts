import { parse } from 'unbash';
import { collect } from './collect.ts';
import { masked } from './mask.ts';
import type { ShellCommand, ShellScript, UnreadableText } from './script.ts';
import { throughOthers } from './unwrap.ts';

/**
 * Reads a shell text (Bash) without running it. Text that is no shell is set aside as unreadable, and reading goes on after it: runbooks
 * mix commands with SQL and with what a person should see. Never throws.
 */
export function parseScript(text: string): ShellScript {
  const known = scripts.get(text);
  if (known) return known;
  const script = readFrom(text);
  if (scripts.size >= REMEMBERED) scripts.clear();
  scripts.set(text, script);
  return script;
}

/** Many rules ask about the same commands. */
const scripts = new Map<string, ShellScript>();
const REMEMBERED = 20_000;

function readFrom(text: string): ShellScript {
  const source = masked(text);
  const unreadable: UnreadableText[] = [];
  const found: ReturnType<typeof collect>[] = [];
  let from = 0;
  while (from < source.length) {
    const rest = source.slice(from);
    const error = parse(rest).errors?.[0];
    const cut = error === undefined ? undefined : unreadablePart(rest, error.pos);
    const readable = cut === undefined ? rest : rest.slice(0, cut.start);
    found.push(collect(parse(readable), { source: text, from }));
    if (cut === undefined) break;
    unreadable.push({
      text: text.slice(from + cut.start, from + cut.end),
      at: from + cut.start,
      why: error?.message ?? '',
    });
    from += cut.end;
  }
  const commands = found.flatMap((part) => part.commands).flatMap((command) => withInner(command, text));
  const assignments = found.flatMap((part) => part.assignments);
  return { text, commands, assignments, unreadable };
}

/** A command that starts another one elsewhere, and the one it starts. */
const withInner = (command: ShellCommand, text: string): readonly ShellCommand[] => [
  command,
  ...throughOthers(command, (inner) => (inner === text ? [] : parseScript(inner).commands)),
];

/** The statement around an error: from the last line that could be read to the end of the line that ends it. */
function unreadablePart(source: string, error: number): { readonly start: number; readonly end: number } {
  let start = source.lastIndexOf('\n', Math.min(error, source.length) - 1) + 1;
  // What comes before on earlier lines may belong to it; it stays when it can be read alone.
  while (
    start > 0 &&
    parse(source.slice(0, start)).errors !== undefined &&
    parse(source.slice(0, start)).errors?.length !== 0
  )
    start = source.lastIndexOf('\n', start - 2) + 1;
  const lines = source.slice(start);
  const statement = /;[ \t]*(\n|$)/.exec(lines);
  const isQuery = SQL.test(lines);
  const line = lines.indexOf('\n');
  const end = isQuery && statement ? statement.index + statement[0].length : line < 0 ? lines.length : line + 1;
  return { start, end: start + end };
}

/** Statements end with a semicolon, not with the line. */
const SQL = /^\s*(select|insert|update|delete|create|alter|drop|with|begin|grant|revoke|\\copy)\b/i;
