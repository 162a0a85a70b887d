import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorRecord, KnownError } from '../../../model/errors.ts';
import { withSession } from '../connect.ts';
import { giveTo, runProgram, type ServerUser } from '../instance/as-user.ts';
import type { Binaries } from '../instance/binaries.ts';
import { writeDurably } from '../instance/durable.ts';
import { exists } from '../instance/fill.ts';
import { connectionOf, type World } from '../world.ts';
import type { RejoinRequest } from './client-api.ts';
import { conninfo, passwordOf } from './conninfo.ts';
import { type RejoinMarker, rejoinMarkerOf } from './following.ts';
import { keepOwnFiles, onlyFollow, putBackOwnFiles } from './own-files.ts';

export interface Filling extends RejoinRequest {
  readonly world: World;
  readonly folder: string;
  readonly user: ServerUser | undefined;
  readonly binaries: Binaries;
}

/**
 * Brings the data of the new primary into the folder; what says how this server runs stays its own. A rewind that was cut off leaves
 * a folder that nothing can start from, so after it everything is copied anew.
 */
export async function fillFromPrimary(filling: Filling, known: RejoinMarker | undefined): Promise<RejoinMarker> {
  const { folder, key, user, log } = filling;
  const mine = known?.key === key ? known.stage : undefined;
  if (mine === undefined || mine === 'keeping') {
    await writeMarker(folder, { key, stage: 'keeping' });
    await keepOwnFiles(folder);
    await writeMarker(folder, { key, stage: 'rewinding' });
  }
  const rewound = (mine === undefined || mine === 'keeping') && (await rewind(filling));
  if (!rewound) {
    await writeMarker(folder, { key, stage: 'copying' });
    await copyAnew(filling);
  }
  await putBackOwnFiles(folder, user);
  await onlyFollow(folder, user);
  log(rewound ? 'rewound to where the two parted' : `copied anew; its old files are in ${oldFolder(filling)}`);
  const filled: RejoinMarker = { key, stage: 'filled', method: rewound ? 'rewound' : 'copied' };
  await writeMarker(folder, filled);
  return filled;
}

const writeMarker = (folder: string, marker: RejoinMarker): Promise<void> =>
  writeDurably(rejoinMarkerOf(folder), JSON.stringify(marker));

/** False when this folder cannot be rewound: its server kept too little of its log, or too little in it. */
async function rewind(filling: Filling): Promise<boolean> {
  const { world, binaries, folder, user, primary, signal, log } = filling;
  const program = join(binaries.folder, 'pg_rewind');
  if (!(await exists(program)) || !(await checkpoint(filling))) return false;
  // A server that was killed is brought to a clean end first, alone, and that it refuses to do as a replica.
  if (!(await endedCleanly(filling))) await rm(join(folder, 'standby.signal'), { force: true });
  const uri = connectionOf(world, primary);
  const args = ['-D', folder, '--source-server', conninfo(uri)];
  const { code, stderr } = await runProgram(program, args, { user, signal, env: passwordOf(uri) });
  await onlyFollow(folder, user);
  if (code !== 0) log(`it cannot be rewound: ${lastLine(stderr)}`);
  return code === 0;
}

/** Until its first checkpoint a promoted server still says that it is on its old timeline, and pg_rewind believes it. */
async function checkpoint({ world, primary, signal, log }: Filling): Promise<boolean> {
  const address = { uri: connectionOf(world, primary) };
  try {
    await withSession({ address, what: `${primary}: checkpoint`, signal }, (session) => session.query('CHECKPOINT'));
    return true;
  } catch (error) {
    if (errorRecord(error).code !== 'TARGET_DENIED') throw error;
    log(`our role may not make a checkpoint on ${primary} (GRANT pg_checkpoint), so nothing can be rewound to it`);
    return false;
  }
}

async function endedCleanly({ binaries, folder, user }: Filling): Promise<boolean> {
  const program = join(binaries.folder, 'pg_controldata');
  const { stdout } = await runProgram(program, ['-D', folder], { user, env: { LC_ALL: 'C' } });
  return /^Database cluster state:\s+shut down/m.test(stdout);
}

/** Where the old files go when they cannot be rewound: what only they hold is not thrown away. */
export const oldFolder = ({ folder, key }: Pick<Filling, 'folder' | 'key'>): string =>
  `${folder}.before-${key.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;

async function copyAnew(filling: Filling): Promise<void> {
  const { world, binaries, folder, user, primary, signal } = filling;
  const old = oldFolder(filling);
  if (!(await exists(old))) await rename(folder, old);
  // What an earlier try has copied is not whole.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  await giveTo(user, folder);
  const uri = connectionOf(world, primary);
  const args = ['-D', folder, '-d', conninfo(uri), '-c', 'fast', '-X', 'stream'];
  const program = join(binaries.folder, 'pg_basebackup');
  const { code, stderr } = await runProgram(program, args, { user, signal, env: passwordOf(uri) });
  if (code === 0) return;
  throw new KnownError(
    'TARGET_FAILED',
    `${primary} could not be copied: ${lastLine(stderr)}`,
    `The old files are whole, in ${old}. Our role needs REPLICATION, and a replication line in pg_hba.conf.`,
  );
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
