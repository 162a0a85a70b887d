import type { BackupRepository, LogRef } from '../../../model/repository.ts';
import type { LogStretch } from './records.ts';

type LogRepository = Pick<BackupRepository, 'readLog'>;

/** The bytes of stored stretches of log, in the order given. The next one is fetched while the one before is read. */
export async function* logSource(
  repository: LogRepository,
  stretches: readonly LogRef[],
): AsyncGenerator<LogStretch, void, undefined> {
  let next = fetch(repository, stretches[0]);
  for (const [index, stretch] of stretches.entries()) {
    const bytes = await next;
    next = fetch(repository, stretches[index + 1]);
    if (bytes !== undefined) yield { start: stretch.from, bytes };
  }
}

function fetch(repository: LogRepository, stretch: LogRef | undefined): Promise<Buffer | undefined> {
  const bytes = stretch === undefined ? Promise.resolve(undefined) : repository.readLog(stretch);
  bytes.catch(() => undefined); // a reader that stops early never awaits it; whoever reads on still gets the error
  return bytes;
}
