import type { Clock } from '../lib/clock.ts';
import { seconds } from '../lib/duration.ts';
import { KnownError } from '../model/errors.ts';
import type { RunJournal } from '../model/journal.ts';
import { type ChainHead, NO_LINES, sha256Hex } from '../model/journal-chain.ts';
import { type CopiedLines, type CopyClaim, claimOf, isSameClaim, type RunCopies } from '../model/run-copy.ts';

/** A process that drives a run shows itself this often. */
export const SIGN_EVERY_MS = seconds(5);

/** Lines of one object. A run that was not copied from its beginning may have many. */
const LARGEST_PIECE = 4 * 1024 * 1024;

/** The copy of one run, as far as this process knows it. */
export interface LogCopy {
  readonly run: string;
  readonly journal: RunJournal;
  readonly copies: RunCopies;
  readonly clock: Clock;
  /** The claim that this process holds. A newer one fences it, also one of this machine. */
  readonly epoch: number;
  /** Claims that stand in the log here, and how far it was read for them. */
  readonly own: Map<number, CopyClaim>;
  readSeq: number;
  /** Epochs whose claim is known to be in the repository. */
  readonly claimed: Set<number>;
  /** How far the log is copied; not known before the first look. */
  copied?: ChainHead;
  signedAt?: number;
}

export const logCopy = (facts: Pick<LogCopy, 'run' | 'journal' | 'copies' | 'clock' | 'epoch'>): LogCopy => ({
  ...facts,
  own: new Map(),
  claimed: new Set(),
  readSeq: 0,
});

/** Throws RUN_FENCED when the repository knows of a claim that does not stand in the log here, or that is newer than ours. */
export async function requireNotTaken(copy: LogCopy): Promise<void> {
  const claims = await copy.copies.claims(copy.run);
  // Read afterwards: a claim of this machine is in its log before it is in the repository.
  await readOwnClaims(copy);
  for (const claim of claims) {
    const own = copy.own.get(claim.epoch);
    if (claim.epoch > copy.epoch || !own || !isSameClaim(own, claim)) throw takenOver(claim);
  }
}

async function readOwnClaims(copy: LogCopy): Promise<void> {
  for (const event of await copy.journal.events(copy.run, copy.readSeq)) {
    const claim = claimOf(event);
    if (claim) copy.own.set(claim.epoch, claim);
    copy.readSeq = event.seq;
  }
}

export const takenOver = ({ run, epoch, by, owner, at }: CopyClaim): KnownError =>
  new KnownError(
    'RUN_FENCED',
    `${run} was taken over by ${by} on ${owner.host}, process ${owner.pid}, at ${at} (claim ${epoch}); this process does nothing more in it`,
    `What this one did until then is not lost. Follow the run on ${owner.host}: lifeboat attach ${run}`,
  );

/** Copies what is new, and shows that this process lives. Throws RUN_FENCED when another one is first with a claim. */
export async function copyNews(copy: LogCopy): Promise<void> {
  await sign(copy, await copyLines(copy));
}

/** Copies what is new, without a sign of life: that is for whoever drives the run. True when anything was. Throws as `copyNews` does. */
export async function copyLines(copy: LogCopy): Promise<boolean> {
  copy.copied ??= await alreadyCopied(copy);
  await readOwnClaims(copy);
  const lines = await copy.journal.lines(copy.run, copy.copied.seq);
  for (const piece of piecesOf(lines, copy.copied.seq + 1, copy.own)) {
    await writeClaim(copy, piece.epoch);
    await copy.copies.keep(copy.run, piece);
    copy.copied = { seq: piece.first + piece.lines.length - 1, hash: sha256Hex(piece.lines.at(-1) as string) };
  }
  return lines.length > 0;
}

/** Before the first lines of an epoch, so that nobody else writes lines of it. */
async function writeClaim(copy: LogCopy, epoch: number): Promise<void> {
  const claim = copy.own.get(epoch);
  if (!claim || copy.claimed.has(epoch)) return;
  const holds = await copy.copies.claim(claim);
  if (!isSameClaim(holds, claim)) throw takenOver(holds);
  copy.claimed.add(epoch);
}

async function sign(copy: LogCopy, isNews: boolean): Promise<void> {
  const { run, epoch, clock, copied = NO_LINES } = copy;
  const now = clock.now();
  const isDue = now.getTime() - (copy.signedAt ?? Number.NEGATIVE_INFINITY) >= SIGN_EVERY_MS;
  if (!isNews && !isDue) return;
  await requireNotTaken(copy);
  await copy.copies.sign({ run, epoch, at: now.toISOString(), copied });
  copy.signedAt = now.getTime();
}

/** Pieces that end with a line of ours, without a gap from the first one on. */
async function alreadyCopied({ run, journal, copies }: LogCopy): Promise<ChainHead> {
  const lines = await journal.lines(run);
  const hashOf = ({ last }: CopiedLines): string => sha256Hex(lines[last - 1] ?? '');
  const pieces = [...(await copies.copied(run))]
    .filter((piece) => piece.last <= lines.length && hashOf(piece).startsWith(piece.hash))
    .sort((a, b) => a.first - b.first);
  let head = NO_LINES;
  for (const piece of pieces)
    if (piece.first <= head.seq + 1 && piece.last > head.seq) head = { seq: piece.last, hash: hashOf(piece) };
  return head;
}

interface Piece {
  readonly epoch: number;
  readonly first: number;
  readonly lines: string[];
  size: number;
}

function piecesOf(lines: readonly string[], first: number, own: ReadonlyMap<number, CopyClaim>): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [index, line] of lines.entries()) {
    const seq = first + index;
    const epoch = epochAt(seq, own);
    let piece = pieces.at(-1);
    if (!piece || piece.epoch !== epoch || piece.size > LARGEST_PIECE) {
      piece = { epoch, first: seq, lines: [], size: 0 };
      pieces.push(piece);
    }
    piece.lines.push(line);
    piece.size += line.length;
  }
  return pieces;
}

/** The newest claim up to a line is the one it was written under. What comes before any claim belongs to the first one. */
function epochAt(seq: number, own: ReadonlyMap<number, CopyClaim>): number {
  const epochs = [...own.values()].sort((a, b) => a.epoch - b.epoch);
  return (epochs.findLast(({ after }) => after.seq < seq) ?? epochs[0])?.epoch ?? 0;
}
