import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPageSound, PAGE_BYTES } from './page-sum.ts';

export interface PageScan {
  readonly files: number;
  readonly pages: number;
  /** Each as a person names it: `base/5/16384, page 3`. At most SHOWN of them. */
  readonly damaged: readonly string[];
  readonly damagedPages: number;
}

const SHOWN = 5;
/** Read at once. A whole number of pages. */
const PIECE = 256 * PAGE_BYTES;
const PAGES_A_FILE = (1 << 30) / PAGE_BYTES;

/** Files of tables and indexes: a number, perhaps a fork, perhaps the number of the piece. Nothing else in a data folder has page checksums. */
const DATA_FILE = /^\d+(?:_(?:fsm|vm|init))?(?:\.(\d+))?$/;

/**
 * Compares the checksum of every page of a data folder with its content. The server must not run: what it has in memory only, and what
 * it writes just then, would look like damage.
 */
export async function scanPages(dataFolder: string, signal: AbortSignal): Promise<PageScan> {
  const scan = { files: 0, pages: 0, damaged: [] as string[], damagedPages: 0 };
  const buffer = Buffer.from(new ArrayBuffer(PIECE));
  for (const folder of ['global', 'base', 'pg_tblspc'])
    for await (const file of dataFiles(dataFolder, folder)) {
      signal.throwIfAborted();
      await scanFile(scan, { dataFolder, file, buffer });
    }
  return scan;
}

async function* dataFiles(dataFolder: string, folder: string): AsyncGenerator<string> {
  for (const name of await readdir(join(dataFolder, folder))) {
    const path = join(folder, name);
    const seen = await stat(join(dataFolder, path)); // tablespaces are links
    if (seen.isDirectory()) yield* dataFiles(dataFolder, path);
    else if (DATA_FILE.test(name)) yield path;
  }
}

type Scan = { files: number; pages: number; damaged: string[]; damagedPages: number };
type OneFile = { readonly dataFolder: string; readonly file: string; readonly buffer: Buffer };

async function scanFile(scan: Scan, { dataFolder, file, buffer }: OneFile): Promise<void> {
  const first = Number(DATA_FILE.exec(file.slice(file.lastIndexOf('/') + 1))?.[1] ?? 0) * PAGES_A_FILE;
  const handle = await open(join(dataFolder, file), 'r');
  try {
    scan.files++;
    for (let page = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, PIECE, page * PAGE_BYTES);
      if (bytesRead === 0) return;
      for (let at = 0; at + PAGE_BYTES <= bytesRead; at += PAGE_BYTES, page++) {
        scan.pages++;
        if (!isPageSound(buffer.subarray(at, at + PAGE_BYTES), first + page))
          note(scan, `${file}, page ${first + page}`);
      }
      if (bytesRead % PAGE_BYTES !== 0) return note(scan, `${file} ends within page ${first + page}`);
    }
  } finally {
    await handle.close();
  }
}

function note(scan: Scan, what: string): void {
  scan.damagedPages++;
  if (scan.damaged.length < SHOWN) scan.damaged.push(what);
}
