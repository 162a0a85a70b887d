import { createHash } from 'node:crypto';
import type { LogRef } from '../model/repository.ts';

/*
 * The layout of a repository: every key in it is made and read here.
 * Names of encrypted objects and of histories carry the beginning of the sha256 of their stored bytes. So a damaged or swapped object
 * is told from a wrong key, and `sha256sum` alone can look a repository through.
 */

export const REPOSITORY_FILE = 'lifeboat-repository.json';
export const README_FILE = 'README.txt';

const SEGMENT = /^[A-Za-z0-9_%~-][A-Za-z0-9._%~-]{0,199}$/;

/** True for a relative path of plain names. Names that begin with a dot are the store's own. */
export function isKey(key: string): boolean {
  return key.length > 0 && key.split('/').every((segment) => SEGMENT.test(segment));
}

/** A key from elsewhere must never lead out of the store. */
export function assertKey(key: string): void {
  if (!isKey(key)) throw new RangeError(`not a key of a repository: ${JSON.stringify(key)}`);
}

const SUM_LENGTH = 16;

/** The part of a checksum that stands in the name of an object. */
export const shortSum = (sha256: string): string => sha256.slice(0, SUM_LENGTH);

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const backupsPrefix = (component: string): string => `components/${component}/backups/`;
export const backupPrefix = (component: string, id: string): string => `${backupsPrefix(component)}${id}/`;
export const manifestKey = (component: string, id: string): string => `${backupPrefix(component, id)}manifest.json`;

/** The name of one object of a part, e.g. `base.tar.000003.9f86d081884c7d65.zst.age`. */
export function objectKey(
  backup: { readonly component: string; readonly id: string },
  part: string,
  object: { readonly index: number; readonly sha256: string },
): string {
  const number = String(object.index).padStart(6, '0');
  return `${backupPrefix(backup.component, backup.id)}${asSegment(part)}.${number}.${shortSum(object.sha256)}.zst.age`;
}

/** Part names may be names of tables, which may hold anything; different names stay different. */
function asSegment(name: string): string {
  const safe = [...Buffer.from(name, 'utf8')]
    .map((byte, at) => {
      const character = String.fromCharCode(byte);
      const plain = /[A-Za-z0-9_-]/.test(character) || (character === '.' && at > 0);
      return plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
  return safe.length <= 100 ? safe : `${safe.slice(0, 80)}~${shortSum(sha256Of(Buffer.from(name)))}`;
}

export const verifiedPrefix = (component: string): string => `components/${component}/verified/`;

export const verificationKey = (component: string, backup: string, at: string): string =>
  `${verifiedPrefix(component)}${backup}-${stamp(at)}.json`;

export const logPrefix = (component: string): string => `components/${component}/wal/`;
export const systemPrefix = (component: string, system: string): string => `${logPrefix(component)}${system}/`;

const hex = (value: bigint | number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

/** `…/wal/<system>/<timeline>/<from>-<to>-<time>-<sum>.zst.age`: all that is known of a stretch stands in its name. */
export function logKey(
  log: {
    readonly component: string;
    readonly system: string;
    readonly timeline: number;
    readonly from: bigint;
    readonly to: bigint;
  },
  storedAt: string,
  sha256: string,
): string {
  const name = `${hex(log.from, 16)}-${hex(log.to, 16)}-${stamp(storedAt)}-${shortSum(sha256)}.zst.age`;
  return `${systemPrefix(log.component, log.system)}${hex(log.timeline, 8)}/${name}`;
}

const LOG_NAME =
  /^([0-9]{1,20})\/([0-9A-F]{8})\/([0-9A-F]{16})-([0-9A-F]{16})-(\d{8}T\d{9}Z)-([0-9a-f]{16})\.zst\.age$/;

/** What the name of a stretch says, or undefined when it is not one. */
export function parseLogKey(component: string, key: string, storedBytes: number): LogRef | undefined {
  const found = LOG_NAME.exec(key.slice(logPrefix(component).length));
  if (!found) return undefined;
  const [, system = '', timeline, from, to, storedAt = ''] = found;
  const log = {
    key,
    component,
    system,
    timeline: Number.parseInt(`${timeline}`, 16),
    from: BigInt(`0x${from}`),
    to: BigInt(`0x${to}`),
    storedBytes,
    storedAt: unstamp(storedAt),
  };
  return log.from < log.to ? log : undefined;
}

export const historyKey = (
  of: { readonly component: string; readonly system: string; readonly timeline: number },
  storedAt: string,
  sha256: string,
): string =>
  `${systemPrefix(of.component, of.system)}${hex(of.timeline, 8)}-${stamp(storedAt)}-${shortSum(sha256)}.history`;

const HISTORY_NAME = /\/([0-9A-F]{8})-\d{8}T\d{9}Z-[0-9a-f]{16}\.history$/;

/** The timeline whose history an object holds, or undefined when it holds none. */
export function parseHistoryKey(key: string): number | undefined {
  const found = HISTORY_NAME.exec(key);
  return found ? Number.parseInt(`${found[1]}`, 16) : undefined;
}

/** The checksum that a name promises, or undefined when the name carries none. */
export function sumInName(key: string): string | undefined {
  return /[.-]([0-9a-f]{16})\.(?:zst\.age|history)$/.exec(key)?.[1];
}

/** `2026-01-14T03:05:12.345Z` without what a file name should not hold. */
const stamp = (iso: string): string => new Date(iso).toISOString().replaceAll(/[-:.]/g, '');

const unstamp = (text: string): string =>
  text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z');
