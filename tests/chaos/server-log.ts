import { readFile } from 'node:fs/promises';

/** How often the server was told to block and to unblock a role, as its own log has it (log_statement = ddl). */
export async function countInLog(file: string): Promise<{ blocks: number; unblocks: number }> {
  const text = await readFile(file, 'utf8');
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return {
    blocks: count(/ALTER ROLE .*\bNOLOGIN\b/g),
    unblocks: count(/ALTER ROLE .*\bLOGIN\b/g),
  };
}
