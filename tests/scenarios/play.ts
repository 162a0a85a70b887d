import { join } from 'node:path';
import { startStream, startWorld, type World, type WorldOptions } from '../../lab/corporate-intel/world.ts';
import type { Staged } from '../../lab/demo/recovery.ts';
import type { RunningLifeboat } from '../../lab/lifeboat.ts';

/** A protected world on a stage: base backup taken, log streaming. */
export interface Stage extends Staged {
  readonly stream: RunningLifeboat;
  /** Starts the stream anew, instead of waiting until it tries again by itself. */
  restartStream(): Promise<void>;
  /** Everything that was said so far, for a test that failed. */
  readonly lines: readonly string[];
  end(): Promise<void>;
}

export async function setStage(options: WorldOptions): Promise<Stage> {
  const world = await startWorld(options);
  const lines: string[] = [];
  try {
    let stream = await startStream(world);
    await baseBackup(world);
    return {
      world,
      keepIn: join(world.folder.path, 'kept'),
      get stream() {
        return stream;
      },
      async restartStream() {
        await stream.end('SIGTERM');
        stream = await startStream(world);
      },
      lines,
      say: (line) => lines.push(line),
      end: () => world.close(),
    };
  } catch (error) {
    await world.close();
    throw error;
  }
}

export async function baseBackup(world: World): Promise<void> {
  await world.lifeboat.json(['backup', 'database', '--method', 'base_backup', '--plan', world.plan]);
}
