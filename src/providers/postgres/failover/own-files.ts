import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, type ServerUser } from '../instance/as-user.ts';
import { writeDurably } from '../instance/durable.ts';
import { exists } from '../instance/fill.ts';
import { openedHba } from './hba.ts';

/** Files that say how this very server runs. The data of another one must not bring its own. */
const OWN_FILES = ['postgresql.conf', 'postgresql.auto.conf', 'pg_hba.conf', 'pg_ident.conf'] as const;

const placeOf = (folder: string): string => `${folder}.lifeboat-own`;

/** Keeps them beside the data folder. */
export async function keepOwnFiles(folder: string): Promise<void> {
  const kept = placeOf(folder);
  await rm(kept, { recursive: true, force: true });
  await mkdir(kept, { mode: 0o700 });
  for (const name of OWN_FILES)
    if (await exists(join(folder, name))) await copyFile(join(folder, name), join(kept, name));
}

/** The fence goes with it: a replica takes no writes, and as the primary of a later day it must. */
export async function putBackOwnFiles(folder: string, user: ServerUser | undefined): Promise<void> {
  for (const name of OWN_FILES) {
    const text = await readFile(join(placeOf(folder), name), 'utf8').catch(() => undefined);
    if (text !== undefined) await writeOwn(join(folder, name), openedFile(name, text), user);
  }
}

/** Says whom it follows, in the file that wins over all others. */
export async function followIn(
  folder: string,
  user: ServerUser | undefined,
  { uri, slot }: { readonly uri: string; readonly slot: string },
): Promise<void> {
  const auto = join(folder, 'postgresql.auto.conf');
  const before = withoutOurs(await readFile(auto, 'utf8').catch(() => ''));
  const lines = [`primary_conninfo = ${quoted(uri)}`, `primary_slot_name = ${quoted(slot)}`];
  await writeOwn(auto, `${before.trimEnd()}\n${lines.join('\n')}\n`, user);
  await onlyFollow(folder, user);
}

/** With this file a server only follows, whoever starts it. */
export const onlyFollow = (folder: string, user: ServerUser | undefined): Promise<void> =>
  writeOwn(join(folder, 'standby.signal'), '', user);

async function writeOwn(path: string, text: string, user: ServerUser | undefined): Promise<void> {
  await writeDurably(path, text);
  await giveTo(user, path);
}

function openedFile(name: string, text: string): string {
  if (name === 'pg_hba.conf') return openedHba(text);
  return name === 'postgresql.auto.conf' ? withoutOurs(text) : text;
}

const OURS = /^(default_transaction_read_only|primary_conninfo|primary_slot_name|wal_retrieve_retry_interval)\s*=/;

const withoutOurs = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !OURS.test(line))
    .join('\n');

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
