import { sha256Hex } from '../../model/journal-chain.ts';
import type { Store } from '../../model/repository.ts';
import { type CopyClaim, isSameClaim, type RunCopies, type SignOfLife } from '../../model/run-copy.ts';
import { writeChecked } from '../checked-json.ts';
import { sha256Of } from '../keys.ts';
import { claimKey, linesKey, logPrefix, parseLinesKey, RUNS, runIn, signKey } from './names.ts';
import { readClaims, readRun, readSigns } from './read-run.ts';

/** How lines are made unreadable for all but those who hold a key. Tests leave it out. */
export interface Sealing {
  seal(plain: Buffer): Promise<Buffer>;
  /** Throws OBJECT_DAMAGED or KEY_WRONG with the name. */
  open(sealed: Buffer, object: { readonly key: string; readonly plainBytes: number }): Promise<Buffer>;
}

/** The copies of runs in a store. Nothing in it is written twice, except signs of life. */
export function runCopies(store: Store, sealing: Sealing): RunCopies {
  return {
    place: store.place,
    async runs() {
      const objects = await store.list(RUNS);
      return [...new Set(objects.map(({ key }) => runIn(key)))].sort();
    },
    claims: (run) => readClaims(store, run),
    signs: (run) => readSigns(store, run),
    async copied(run) {
      const objects = await store.list(logPrefix(run));
      return objects.flatMap(({ key }) => parseLinesKey(run, key) ?? []);
    },
    claim: (claim) => putClaim(store, claim),
    keep: (run, piece) => keepLines(store, sealing, run, piece),
    sign: (sign) => putSign(store, sign),
    read: (run) => readRun(store, sealing, run),
  };
}

/** The store lets one win. Who finds his own claim there has written it in an earlier try whose answer was lost. */
async function putClaim(store: Store, claim: CopyClaim): Promise<CopyClaim> {
  try {
    await store.put(claimKey(claim.run, claim.epoch), writeChecked({ format: 1, ...claim }));
    return claim;
  } catch (error) {
    const there = (await readClaims(store, claim.run)).find(({ epoch }) => epoch === claim.epoch);
    if (there === undefined) throw error;
    return isSameClaim(there, claim) ? claim : there;
  }
}

type Piece = Parameters<RunCopies['keep']>[1];

async function keepLines(store: Store, sealing: Sealing, run: string, { epoch, first, lines }: Piece): Promise<void> {
  const plain = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const sealed = await sealing.seal(plain);
  const last = first + lines.length - 1;
  const hash = sha256Hex(lines.at(-1) ?? '');
  await store.put(linesKey(run, { epoch, first, last, bytes: plain.length, hash }, sha256Of(sealed)), sealed);
}

const putSign = (store: Store, sign: SignOfLife): Promise<void> =>
  store.put(signKey(sign.run, sign.epoch), writeChecked({ format: 1, ...sign }), { replace: true, brief: true });
