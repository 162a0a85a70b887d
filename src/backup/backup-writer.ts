import { KnownError } from '../model/errors.ts';
import type { BackupManifest, BackupMethod, BackupPart, BackupWriter, ObjectRef } from '../model/repository.ts';
import { writeChecked } from './checked-json.ts';
import { seal } from './crypt.ts';
import { damaged, objectExists } from './errors.ts';
import { manifestKey, objectKey, sha256Of } from './keys.ts';
import { absence } from './present.ts';
import { readManifest } from './records.ts';
import type { Vault } from './sealed-objects.ts';

export interface NewBackup {
  readonly id: string;
  readonly component: string;
  readonly method: BackupMethod;
  readonly startedAt: Date;
  readonly key?: string;
}

export interface Packing {
  /** Plain bytes of one object. */
  readonly objectBytes: number;
  /** Objects that are compressed, encrypted and written at the same time. Each takes about three times its size of memory. */
  readonly atOnce: number;
}

type State = {
  readonly vault: Vault;
  readonly backup: NewBackup;
  readonly packing: Packing;
  readonly parts: BackupPart[];
  /** Keys that were, or may have been, written. */
  readonly written: string[];
  open: PartWriter | undefined;
  over: boolean;
};

/** Starts a backup whose objects nobody sees as a backup before its manifest, which is written last. */
export async function beginBackup(vault: Vault, backup: NewBackup, packing: Packing): Promise<BackupWriter> {
  const key = manifestKey(backup.component, backup.id);
  if (await vault.store.get(key)) throw objectExists(key, vault.store.place);
  const state: State = { vault, backup, packing, parts: [], written: [], open: undefined, over: false };
  return {
    part: async (name) => beginPart(state, name),
    commit: (facts, finishedAt) => commit(state, facts, finishedAt),
    abort: () => abort(state),
  };
}

function beginPart(state: State, name: string) {
  requireIdle(state);
  if (state.parts.some((part) => part.name === name)) throw new Error(`part ${name} was written before`);
  const part = new PartWriter(state, name);
  state.open = part;
  return { write: (bytes: Uint8Array) => part.write(bytes), end: () => part.end() };
}

async function commit(state: State, facts: BackupManifest['facts'], finishedAt: Date): Promise<BackupManifest> {
  requireIdle(state);
  const { backup, vault } = state;
  const key = manifestKey(backup.component, backup.id);
  await requireStored(state);
  const bytes = writeChecked({
    format: 1,
    id: backup.id,
    component: backup.component,
    method: backup.method,
    startedAt: backup.startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    ...(backup.key === undefined ? {} : { key: backup.key }),
    facts,
    parts: state.parts,
  });
  const manifest = readManifest(bytes, key);
  await vault.store.put(key, bytes);
  state.over = true;
  return manifest;
}

/** The folder may have been unmounted, or cleared by someone, while the backup ran: then it must not count as one. */
async function requireStored({ vault, backup, parts }: State): Promise<void> {
  const fault = await absence(vault.store, { ...backup, parts });
  if (fault) throw damaged(fault.key, `${fault.why}; the backup does not count`);
}

async function abort(state: State): Promise<void> {
  if (state.over) return;
  state.over = true;
  await state.open?.settle();
  for (const key of state.written) await state.vault.store.remove(key);
}

function requireIdle(state: State): void {
  if (state.over) throw new Error(`backup ${state.backup.id} is finished`);
  if (state.open) throw new Error(`part ${state.open.name} of backup ${state.backup.id} is not ended`);
}

/** Cuts a stream of bytes into objects and keeps several of them under way. */
class PartWriter {
  readonly name: string;
  readonly #state: State;
  readonly #objects: ObjectRef[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #buffer: Buffer | undefined;
  #filled = 0;
  #count = 0;
  #plainBytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(state: State, name: string) {
    this.#state = state;
    this.name = name;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#requireOpen();
    for (let at = 0; at < bytes.length; ) {
      this.#buffer ??= Buffer.allocUnsafe(this.#state.packing.objectBytes);
      const piece = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#buffer.length) await this.#flush();
    }
    this.#plainBytes += bytes.length;
    this.#throwFailure();
  }

  async end(): Promise<void> {
    this.#requireOpen();
    if (this.#filled > 0) await this.#flush();
    await this.settle();
    this.#throwFailure();
    this.#state.parts.push({ name: this.name, plainBytes: this.#plainBytes, objects: this.#objects });
    this.#state.open = undefined;
  }

  /** Waits for what is under way, however it ends. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #flush(): Promise<void> {
    const plain = this.#buffer?.subarray(0, this.#filled) ?? Buffer.alloc(0);
    this.#buffer = undefined;
    this.#filled = 0;
    while (this.#underWay.size >= this.#state.packing.atOnce) await Promise.race(this.#underWay);
    this.#throwFailure();
    const index = this.#count++;
    const storing = this.#store(plain, index)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(storing));
    this.#underWay.add(storing);
  }

  async #store(plain: Buffer, index: number): Promise<void> {
    const { vault, backup, written } = this.#state;
    const sealed = await seal(plain, vault.recipients);
    const sha256 = sha256Of(sealed);
    const key = objectKey(backup, this.name, { index, sha256 });
    written.push(key);
    await vault.store.put(key, sealed);
    const sums = { sha256, plainBytes: plain.length, plainSha256: sha256Of(plain) };
    this.#objects[index] = { key, bytes: sealed.length, ...sums };
  }

  #requireOpen(): void {
    if (this.#state.over || this.#state.open !== this) throw new Error(`part ${this.name} is ended`);
    this.#throwFailure();
  }

  /** A lost object makes the whole backup impossible, so every later call fails the same way. */
  #throwFailure(): void {
    if (!this.#failure) return;
    const { error } = this.#failure;
    throw error instanceof Error ? error : new KnownError('INTERNAL', String(error), 'Please report this.');
  }
}
