import { z } from 'zod';
import { KnownError } from '../../model/errors.ts';
import { NO_LINES, readChain, sha256Hex } from '../../model/journal-chain.ts';
import type { Store } from '../../model/repository.ts';
import type { CopiedRun, CopyClaim, SignOfLife } from '../../model/run-copy.ts';
import { readChecked } from '../checked-json.ts';
import { damaged } from '../errors.ts';
import { shortSum } from '../keys.ts';
import { getNamed } from '../sealed-objects.ts';
import {
  claimKey,
  claimsPrefix,
  isRunName,
  type LinesObject,
  logPrefix,
  parseLinesKey,
  RUNS,
  signKey,
  signsPrefix,
} from './names.ts';
import type { Sealing } from './run-copies.ts';

const Head = z.strictObject({ seq: z.number().int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });
const Epoch = z.number().int().min(1);
const Time = z.iso.datetime();

const Claim = z.strictObject({
  format: z.literal(1),
  run: z.string(),
  epoch: Epoch,
  by: z.string(),
  owner: z.strictObject({ host: z.string(), pid: z.number().int(), startedAt: z.string() }),
  at: Time,
  after: Head,
});
const Sign = z.strictObject({ format: z.literal(1), run: z.string(), epoch: Epoch, at: Time, copied: Head });

/** Every claim, the oldest first. */
export async function readClaims(store: Store, run: string): Promise<readonly CopyClaim[]> {
  const claims = await readEach(store, claimsPrefix(run), Claim, (claim) => claimKey(claim.run, claim.epoch));
  return claims.sort((a, b) => a.epoch - b.epoch);
}

export const readSigns = (store: Store, run: string): Promise<readonly SignOfLife[]> =>
  readEach(store, signsPrefix(run), Sign, (sign) => signKey(sign.run, sign.epoch));

/** Each must speak of the place it stands in. */
async function readEach<T extends { format: 1 }>(
  store: Store,
  prefix: string,
  schema: z.ZodType<T>,
  keyOf: (value: T) => string,
): Promise<Omit<T, 'format'>[]> {
  const values: Omit<T, 'format'>[] = [];
  for (const { key } of await store.list(prefix)) {
    const bytes = await store.get(key);
    if (bytes === undefined) throw damaged(key, 'is missing');
    const value = readChecked(bytes, key, schema);
    if (keyOf(value) !== key) throw damaged(key, `belongs to ${keyOf(value)}`);
    const { format: _format, ...rest } = value;
    values.push(rest);
  }
  return values;
}

/** Reads a run whole, or names the object that is not as it was written. */
export async function readRun(store: Store, sealing: Sealing, run: string): Promise<CopiedRun> {
  if (!isRunName(run)) throw notFound(run, store.place);
  for (let left = READS; ; left--) {
    const before = await keysOf(store, run);
    if (before === '') throw notFound(run, store.place);
    try {
      return await readOnce(store, sealing, run);
    } catch (error) {
      if (left <= 1 || before === (await keysOf(store, run))) throw error;
    }
  }
}

/** Who drives the run writes on while it is read: what does not fit together then is read again. */
const READS = 5;

const keysOf = async (store: Store, run: string): Promise<string> =>
  (await store.list(`${RUNS}${run}/`)).map(({ key }) => key).join('\n');

async function readOnce(store: Store, sealing: Sealing, run: string): Promise<CopiedRun> {
  const claims = await readClaims(store, run);
  const signs = await readSigns(store, run);
  const objects = await linesObjects(store, run);
  const { lines, parted } = await joinLines(objects, claims, (object) => openLines(store, sealing, object), run);
  const reading = readChain(run, lines);
  if (!reading.whole)
    throw damaged(pieceOf(objects, reading.seq, run), `holds an event ${reading.seq} that ${reading.why}`);
  requireSigns(signs, claims, lines);
  requireClaims(claims, lines);
  return { run, lines, events: reading.events, head: reading.head, claims, signs, parted };
}

const pieceOf = (objects: readonly LinesObject[], seq: number, run: string): string =>
  objects.find(({ first, last }) => first <= seq && seq <= last)?.key ?? logPrefix(run);

/** By epoch and place. A name that is not one of ours is damage: somebody has renamed what was there. */
async function linesObjects(store: Store, run: string): Promise<readonly LinesObject[]> {
  const objects = (await store.list(logPrefix(run))).map(({ key }) => {
    const object = parseLinesKey(run, key);
    if (object === undefined || object.last < object.first) throw damaged(key, 'is not named as it must be');
    return object;
  });
  return objects.sort((a, b) => a.epoch - b.epoch || a.first - b.first || a.last - b.last);
}

async function openLines(store: Store, sealing: Sealing, object: LinesObject): Promise<readonly string[]> {
  const { key, bytes, first, last, hash } = object;
  const plain = await sealing.open(await getNamed(store, key), { key, plainBytes: bytes });
  const lines = plain.toString('utf8').split('\n');
  if (lines.pop() !== '' || lines.length !== last - first + 1)
    throw damaged(key, 'does not hold the lines of its name');
  if (shortSum(sha256Hex(lines.at(-1) ?? '')) !== hash) throw damaged(key, 'does not end with the line of its name');
  return lines;
}

interface Joined {
  readonly lines: readonly string[];
  readonly parted: CopiedRun['parted'];
}

/** Puts the pieces together. Pieces may overlap where an answer was lost and more was sent; they must then say the same. */
async function joinLines(
  objects: readonly LinesObject[],
  claims: readonly CopyClaim[],
  open: (object: LinesObject) => Promise<readonly string[]>,
  run: string,
): Promise<Joined> {
  const lines: string[] = [];
  const parted = new Map<number, CopiedRun['parted'][number]>();
  for (const object of objects) {
    const { key, epoch, first, last } = object;
    if (!claims.some((claim) => claim.epoch === epoch)) throw damaged(claimKey(run, epoch), 'is missing');
    const end = endOf(epoch, claims);
    if (last > end) parted.set(epoch, { epoch, after: end, last: Math.max(last, parted.get(epoch)?.last ?? 0) });
    for (const [index, line] of (await open(object)).slice(0, Math.max(0, end - first + 1)).entries()) {
      const at = first + index - 1;
      if (at > lines.length) throw damaged(logPrefix(run), `lacks event ${lines.length + 1}`);
      if (at < lines.length && lines[at] !== line)
        throw damaged(key, `holds another event ${at + 1} than its neighbour`);
      lines[at] = line;
    }
  }
  return { lines, parted: [...parted.values()] };
}

/** The last line that an epoch could write to the run: there the next one took it over. */
const endOf = (epoch: number, claims: readonly CopyClaim[]): number =>
  Math.min(...claims.filter((claim) => claim.epoch > epoch).map(({ after }) => after.seq), Number.POSITIVE_INFINITY);

const hashAt = (lines: readonly string[], seq: number): string | undefined => {
  if (seq === 0) return NO_LINES.hash;
  const line = lines[seq - 1];
  return line === undefined ? undefined : sha256Hex(line);
};

/** A claim names the line it follows, so lines that are gone from the end are missed. */
function requireClaims(claims: readonly CopyClaim[], lines: readonly string[]): void {
  for (const { run, epoch, after } of claims) {
    // Of a run that has just begun nothing but the claim may have been copied yet.
    if (lines.length === 0 && claims.length === 1) throw notFound(run, 'its copy, which ends before the first event');
    const hash = hashAt(lines, after.seq);
    if (hash === undefined) throw damaged(logPrefix(run), `lacks event ${lines.length + 1}`);
    if (hash !== after.hash) throw damaged(claimKey(run, epoch), `follows another event ${after.seq}`);
  }
}

function requireSigns(signs: readonly SignOfLife[], claims: readonly CopyClaim[], lines: readonly string[]): void {
  for (const { run, epoch, copied } of signs) {
    if (copied.seq > endOf(epoch, claims)) continue;
    const hash = hashAt(lines, copied.seq);
    if (hash === undefined) throw damaged(logPrefix(run), `lacks event ${lines.length + 1}`);
    if (hash !== copied.hash) throw damaged(signKey(run, epoch), `tells of another event ${copied.seq}`);
  }
}

const notFound = (run: string, place: string): KnownError =>
  new KnownError(
    'RUN_NOT_FOUND',
    `there is no run ${run} in ${place}`,
    'See those there are: lifeboat runs --repository FOLDER',
  );
