import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runProgram } from './as-user.ts';

/** Writes a small file whole or not at all, durably when it returns. */
export async function writeDurably(path: string, text: string, mode = 0o600): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    const file = await open(draft, 'w', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes names that were created, renamed or removed in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes all that was written below a folder durable, with one call for the whole file system it lies on. */
export async function syncAllBelow(folder: string): Promise<void> {
  // Thousands of fsyncs one by one take many times as long; `sync` without -f (macOS) flushes every file system.
  const { code } = await runProgram('sync', ['-f', folder]);
  if (code !== 0) await runProgram('sync', []);
}
