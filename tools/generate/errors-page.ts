import { ERRORS } from '../../src/model/errors.ts';
import { madeFrom, page, table } from './markdown.ts';

/** Exit codes and errors. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([name, { exit, retry, means }]) => [
    `${exit}`,
    `\`${name}\``,
    means,
    retry ? 'yes' : 'no',
  ]);
  return page([
    madeFrom('src/model/errors.ts'),
    '# Errors and exit codes',
    'Exit code 0 means that it was done. With `--json` an error is `{"error": {"code", "message", "hint"}}` on stdout.',
    table(['Exit code', 'Code', 'Meaning', 'Can pass by itself'], rows),
  ]);
}
