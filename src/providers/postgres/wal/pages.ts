import { KnownError } from '../../../model/errors.ts';
import { formatLsn } from '../../../model/lsn.ts';

/** The log is written in pages of this size, each with a header of its own. */
export const PAGE = 8192;
const SHORT_HEADER = 24;
const LONG_HEADER = 40;

const FIRST_IS_CONTINUED = 0x01;
const HAS_LONG_HEADER = 0x02;
const OVERWRITES_CONTINUED = 0x08;
const ALL_FLAGS = 0x0f;

/** The magic number of a page tells the major version that wrote it. */
const MAJORS: ReadonlyMap<number, number> = new Map([
  [0xd110, 15],
  [0xd113, 16],
  [0xd116, 17],
  [0xd118, 18],
]);

export interface PageHeader {
  readonly major: number;
  readonly bytes: number;
  /** The page begins with the rest of a record: so many bytes of it are still to come. */
  readonly continued: boolean;
  readonly remaining: number;
  /** The record that was cut by a crash before this page will never be continued. */
  readonly overwrites: boolean;
  /** Only in the first page of a segment. */
  readonly segmentBytes?: number;
}

/** What stands at a place where a page should be. `old` is a page of a recycled segment: there the log has ended. */
export type PageLook =
  | { readonly kind: 'page'; readonly header: PageHeader }
  | { readonly kind: 'empty' | 'old' | 'cut' | 'garbage' };

/** Looks at the page of position `position`, of which `length` bytes are there. */
export function lookAtPage(view: DataView, at: number, length: number, position: number): PageLook {
  if (length < SHORT_HEADER) return { kind: 'cut' };
  const info = view.getUint16(at + 2, true);
  const long = (info & HAS_LONG_HEADER) !== 0;
  const magic = view.getUint16(at, true);
  const major = MAJORS.get(magic);
  const address = position64(view, at + 8);
  if (major === undefined) return unknownMagic(view, at, length, { magic, address, position });
  if (address < position) return { kind: 'old' };
  if (address !== position || (info & ~ALL_FLAGS) !== 0) return { kind: 'garbage' };
  if (long && length < LONG_HEADER) return { kind: 'cut' };
  if (long && view.getUint32(at + 36, true) !== PAGE) return { kind: 'garbage' };
  const header = {
    major,
    bytes: long ? LONG_HEADER : SHORT_HEADER,
    continued: (info & FIRST_IS_CONTINUED) !== 0,
    remaining: view.getUint32(at + 16, true),
    overwrites: (info & OVERWRITES_CONTINUED) !== 0,
    ...(long ? { segmentBytes: view.getUint32(at + 32, true) } : {}),
  };
  return { kind: 'page', header };
}

/** A position as a number: exact up to 8 PiB of log, and much faster than a bigint. */
export const position64 = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);

/** True when every byte is zero. */
export function isZero(view: DataView, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (view.getUint8(i) !== 0) return false;
  return true;
}

/** The log at hand does not hold together. */
export function logBroken(position: number, why: string): KnownError {
  return new KnownError(
    'LOG_GAP',
    `the write-ahead log cannot be read at ${formatLsn(BigInt(position))}: ${why}`,
    'Recovery can reach this position and no further. Later moments need a newer base backup.',
  );
}

function unknownMagic(
  view: DataView,
  at: number,
  length: number,
  seen: { magic: number; address: number; position: number },
): PageLook {
  if (seen.magic >> 8 === 0xd1 && seen.address === seen.position)
    throw new KnownError(
      'TARGET_FAILED',
      `the write-ahead log at ${formatLsn(BigInt(seen.position))} was written by a version of PostgreSQL that is not known here`,
      'Lifeboat reads the log of PostgreSQL 15 to 18. Update Lifeboat.',
    );
  return { kind: isZero(view, at, length) ? 'empty' : 'garbage' };
}
