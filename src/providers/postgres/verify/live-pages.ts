import type { Session } from '../connect.ts';
import type { Pace } from './pace.ts';
import { isPageSound, PAGE_BYTES } from './page-sum.ts';
import { type Findings, noneOf } from './proofs.ts';

interface LivePages {
  readonly pace: Pace;
  readonly found: Findings;
  log(line: string): void;
}

interface RelationFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

const CLAIM = 'every page on the disk has the checksum of its content';
const PIECE = 128 * PAGE_BYTES;
const FILE_BYTES = 1 << 30;

/** Reads the files of the database through the server, page by page: also those that nobody has asked for in years. */
export async function scanLivePages(session: Session, { pace, found, log }: LivePages): Promise<void> {
  const cannot = await whyNot(session);
  if (cannot !== undefined) return void found.notLookedAt.push({ claim: CLAIM, why: cannot });
  const files = await session.query<RelationFile>(FILES);
  const scan = { pages: 0, faults: [] as string[], unsettled: [] as string[] };
  let read = 0;
  for (const file of files) {
    if (pace.isOver()) break;
    await scanFile(session, { file, pace, scan });
    read++;
  }
  log(`${scan.pages} pages read`);
  for (const what of scan.unsettled)
    found.notLookedAt.push({ claim: `${what} has the checksum of its content`, why: 'it was written all the time' });
  if (read < files.length)
    found.notLookedAt.push({
      claim: CLAIM,
      why: `${files.length - read} of ${files.length} tables and indexes: there was no time`,
    });
  if (scan.pages > 0)
    found.proofs.push(noneOf(CLAIM, scan.faults, `${scan.pages} pages of ${read} tables and indexes of this database`));
}

async function whyNot(session: Session): Promise<string | undefined> {
  const [server] = await session.query<{ sums: string; block: number; may: boolean }>(
    `SELECT pg_catalog.current_setting('data_checksums') AS sums, pg_catalog.current_setting('block_size')::int AS block,
       pg_catalog.has_function_privilege('pg_catalog.pg_read_binary_file(text,bigint,bigint,boolean)', 'EXECUTE') AS may`,
  );
  if (server?.sums !== 'on') return 'this server keeps no checksums (initdb --data-checksums)';
  if (server.block !== PAGE_BYTES) return `this server has pages of ${server.block} bytes`;
  return server.may ? undefined : MAY_NOT;
}

const MAY_NOT =
  'we may not read files: GRANT pg_read_server_files, and EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean)';

const FILES = `
  SELECT c.oid::pg_catalog.regclass::text AS name, pg_catalog.pg_relation_filepath(c.oid) AS path,
    pg_catalog.pg_relation_size(c.oid)::int8 AS bytes
  FROM pg_catalog.pg_class c
  WHERE c.relkind IN ('r', 'i', 't', 'm', 'S') AND c.relpersistence = 'p' AND pg_catalog.pg_relation_filepath(c.oid) IS NOT NULL
  ORDER BY c.oid`;

type Scan = { pages: number; readonly faults: string[]; readonly unsettled: string[] };
type OneFile = { readonly file: RelationFile; readonly pace: Pace; readonly scan: Scan };

async function scanFile(session: Session, { file, pace, scan }: OneFile): Promise<void> {
  for (let at = 0; at < file.bytes && !pace.isOver(); at += PIECE) {
    const bytes = await pace.work(() => readPiece(session, file, { at, length: Math.min(PIECE, file.bytes - at) }));
    for (let page = 0; (page + 1) * PAGE_BYTES <= bytes.length; page++) {
      const block = at / PAGE_BYTES + page;
      scan.pages++;
      if (isPageSound(alone(bytes, page * PAGE_BYTES), block)) continue;
      const verdict = await lookAgain(session, { file, pace, block });
      if (verdict === 'damaged') scan.faults.push(`${file.name}, page ${block} (${file.path})`);
      if (verdict === 'unsettled') scan.unsettled.push(`${file.name}, page ${block}`);
    }
  }
}

/** A page of its own memory: the checksum is reckoned in whole words. */
const alone = (bytes: Buffer, at: number): Buffer => {
  const page = Buffer.from(new ArrayBuffer(PAGE_BYTES));
  bytes.copy(page, 0, at, at + PAGE_BYTES);
  return page;
};

/** Nothing when the file is gone or shorter by now: it was dropped, truncated or rewritten in between. */
async function readPiece(
  session: Session,
  { path }: RelationFile,
  { at, length }: { at: number; length: number },
): Promise<Buffer> {
  const number = Math.floor(at / FILE_BYTES);
  const name = number === 0 ? path : `${path}.${number}`;
  const [row] = await session.query<{ bytes: Buffer | null }>(
    'SELECT pg_catalog.pg_read_binary_file($1::text, $2::int8, $3::int8, true) AS bytes',
    [name, at % FILE_BYTES, length],
  );
  return row?.bytes ?? Buffer.alloc(0);
}

/** The same wrong bytes so many times in a row are no write under way: that takes microseconds. */
const SAME = 5;
const TRIES = 40;
const BETWEEN = 50;

async function lookAgain(
  session: Session,
  { file, pace, block }: { file: RelationFile; pace: Pace; block: number },
): Promise<'sound' | 'damaged' | 'unsettled'> {
  let before: Buffer | undefined;
  let same = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    await pace.rest(BETWEEN);
    const bytes = await readPiece(session, file, { at: block * PAGE_BYTES, length: PAGE_BYTES });
    if (bytes.length < PAGE_BYTES) return 'sound';
    const page = alone(bytes, 0);
    if (isPageSound(page, block)) return 'sound';
    same = before?.equals(page) ? same + 1 : 0;
    if (same === SAME) return (await isStillItsFile(session, file)) ? 'damaged' : 'sound';
    before = page;
  }
  return 'unsettled';
}

/** A table that was rewritten since leaves its old file to be removed: what is in it is nobody's any more. */
async function isStillItsFile(session: Session, { name, path }: RelationFile): Promise<boolean> {
  const [row] = await session.query<{ path: string | null }>(
    'SELECT pg_catalog.pg_relation_filepath(pg_catalog.to_regclass($1)) AS path',
    [name],
  );
  return row?.path === path;
}
