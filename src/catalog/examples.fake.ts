import type { BackupManifest, LogRef, VerificationRecord } from '../model/repository.ts';
import type { Catalogued } from './recovery-points.ts';

/** A stretch of log as a repository lists it. */
export function stretch(from: number, to: number, more: Partial<LogRef> = {}): LogRef {
  const { system, timeline } = { system: '73', timeline: 1, ...more };
  const ref = { component: 'database', system, timeline, from: BigInt(from), to: BigInt(to), storedBytes: 10 };
  return { key: `${system}/${timeline}/${from}-${to}-${more.storedAt ?? ''}`, ...ref, ...more };
}

/** A base backup that started at a position and was consistent 10 bytes later, on timeline 1 of system 73. */
export function base(
  id: string,
  startLsn: number,
  finishedAt: string,
  more: Partial<BackupManifest> = {},
): BackupManifest {
  const position = (value: number): string => `0/${value.toString(16).toUpperCase()}`;
  const facts = { system: '73', timeline: 1, startLsn: position(startLsn), endLsn: position(startLsn + 10) };
  return { ...dump(id, finishedAt), method: 'postgres.base_backup', ...more, facts: { ...facts, ...more.facts } };
}

export function dump(id: string, finishedAt: string): BackupManifest {
  const object = { key: `${id}/o`, bytes: 100, sha256: '', plainBytes: 500, plainSha256: '' };
  const parts = [{ name: 'p', plainBytes: 500, objects: [object] }];
  const times = { startedAt: finishedAt, finishedAt };
  return { format: 1, id, component: 'database', method: 'postgres.dump', ...times, facts: {}, parts };
}

export function verified(backup: string, at: string, held: boolean): VerificationRecord {
  return { backup, component: 'database', at, held, proofs: [] };
}

/** Where timeline `timeline` began, as PostgreSQL's history file says it. */
export function history(timeline: number, ...lines: readonly (readonly [parent: number, at: number])[]) {
  const text = lines.map(
    ([parent, at]) => `${parent}\t0/${at.toString(16).toUpperCase()}\tno recovery target specified\n`,
  );
  return { component: 'database', system: '73', timeline, text: text.join('\n') };
}

/** All of a catalogue, with nothing where nothing is given. */
export function catalogued(given: Partial<Catalogued>): Catalogued {
  return { manifests: [], logs: [], histories: [], verifications: [], ...given };
}
