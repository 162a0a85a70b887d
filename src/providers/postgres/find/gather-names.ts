import { seconds } from '../../../lib/duration.ts';
import { KnownError } from '../../../model/errors.ts';
import type { LogSearchRequest } from '../../../model/log-search.ts';
import type { BackupManifest } from '../../../model/repository.ts';
import { withSession } from '../connect.ts';
import { connectionOf, type World } from '../world.ts';
import { Names } from './names.ts';
import { parseRelationMap, RELATION_MAP_PART, type RelationMap, readRelationMap } from './relation-map.ts';

export interface Gathered {
  readonly names: Names;
  /** Where they come from, for people. */
  readonly from: readonly string[];
}

interface Asked {
  readonly backups: readonly BackupManifest[];
  /** The system that wrote the log. */
  readonly system: string;
}

/** Everything that is known of names before the log is read: the maps of its base backups, and the running server's. */
export async function gatherNames(world: World, request: LogSearchRequest, asked: Asked): Promise<Gathered> {
  const names = new Names();
  const from: string[] = [];
  const mapped = asked.backups
    .filter(({ facts, parts }) => facts.system === asked.system && parts.some(({ name }) => name === RELATION_MAP_PART))
    .sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
  const first = firstRead(mapped, request);
  for (const backup of mapped) {
    const map = await mapOf(world, backup);
    if (map === undefined) continue;
    names.learn(map, { withRows: backup === first });
    from.push(`the backup ${backup.id}`);
  }
  const live = await askServer(world, request, asked.system);
  if (live !== undefined) {
    names.learn(live, { withRows: false });
    from.push('the running server');
  }
  return { names, from };
}

/** The log is read from the oldest backup on, or from the last that is older than what is asked for. */
const firstRead = (mapped: readonly BackupManifest[], { from }: LogSearchRequest): BackupManifest | undefined =>
  from === undefined
    ? mapped[0]
    : (mapped.findLast(({ finishedAt }) => Date.parse(finishedAt) <= from.getTime()) ?? mapped[0]);

async function mapOf({ repository }: World, backup: BackupManifest): Promise<RelationMap | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of repository.read(backup, RELATION_MAP_PART)) pieces.push(piece);
  return parseRelationMap(Buffer.concat(pieces).toString('utf8'));
}

/** A server that is down, or another one by now, has nothing to say; whoever looks for what it lost must not be stopped by that. */
async function askServer(world: World, request: LogSearchRequest, system: string): Promise<RelationMap | undefined> {
  const { component, signal, log } = request;
  try {
    const address = { uri: connectionOf(world, component) };
    const what = `${component}: ask for the names of tables`;
    return await withSession({ address, what, signal, connectWithin: seconds(3), readOnly: true }, async (session) => {
      const [row] = await session.query<{ system: string }>(
        'SELECT system_identifier::text AS system FROM pg_catalog.pg_control_system()',
      );
      return row?.system === system ? readRelationMap(session) : undefined;
    });
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    log(`the server was not asked for names: ${error.message}`);
    return undefined;
  }
}
