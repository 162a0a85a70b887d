import { KnownError } from '../model/errors.ts';

/** A moment in UTC. A text without a zone is refused: at 3 am nobody should guess which one was meant. */
export function momentOf(text: string): string {
  const zoned = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text);
  const at = zoned ? Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00')) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new KnownError(
    'USAGE',
    `"${text}" is not a moment with its time zone`,
    'Write it like 2026-01-14T03:05:00Z or 2026-01-14T04:05:00+01:00.',
  );
}
