import { type FileHandle, open, readFile } from 'node:fs/promises';

/** One commit that the application was told has happened. */
export interface LedgerEntry {
  readonly table: 'filings' | 'metrics';
  readonly id: string;
  /** When the acknowledgement arrived. ISO 8601, UTC. */
  readonly at: string;
}

/** The application's own list of acknowledged commits: what nobody may lose unnoticed. */
export class LedgerWriter {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  count = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<LedgerWriter> {
    return new LedgerWriter(await open(path, 'a', 0o644));
  }

  /** Called only after the commit was acknowledged. Lines are synced in batches. */
  note(entry: LedgerEntry): void {
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    if (!this.#busy) this.#writing = this.#drain();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#file.appendFile(batch.join(''));
      await this.#file.datasync();
      this.count += batch.length;
    }
    this.#busy = false;
  }
}

/** All whole lines. A last line that is still being written is left out. */
export async function readLedger(path: string): Promise<readonly LedgerEntry[]> {
  const text = await readFile(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerEntry);
}
