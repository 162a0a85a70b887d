import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart } from '../../../lib/process-start.ts';
import { KnownError } from '../../../model/errors.ts';

/** Two verifications of one component would take each other's instance away. What a killed one left is no hindrance. */
export async function oneAtATime<T>(workFolder: string, instance: string, work: () => Promise<T>): Promise<T> {
  const folder = join(workFolder, 'instances');
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const file = join(folder, `${instance}.lock`);
  await take(file, instance);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, instance: string): Promise<void> {
  const mine = `${process.pid} ${processStart(process.pid) ?? ''}`;
  for (let tries = 0; ; tries++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(mine);
      return await handle.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await readFile(file, 'utf8').catch(() => '');
      if (tries > 0 || isAlive(holder)) throw busy(instance, holder, file);
      await rm(file, { force: true });
    }
  }
}

/** A file cut off while it was written names nobody. */
function isAlive(holder: string): boolean {
  const [pid, ...start] = holder.split(' ');
  return Number(pid) > 0 && processStart(Number(pid)) === start.join(' ');
}

const busy = (instance: string, holder: string, file: string): KnownError =>
  new KnownError(
    'RUN_LOCKED',
    `another verification uses ${instance} (process ${holder.split(' ')[0]})`,
    `Wait until it is through. If it is gone, remove ${file}.`,
  );
