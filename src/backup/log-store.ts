import type { BackupRepository, LogRef } from '../model/repository.ts';
import { seal, unseal } from './crypt.ts';
import { historyKey, logKey, logPrefix, parseHistoryKey, parseLogKey, sha256Of, systemPrefix } from './keys.ts';
import { getNamed, type Vault } from './sealed-objects.ts';

type LogStore = Pick<BackupRepository, 'putLog' | 'logs' | 'readLog' | 'putTimelineHistory' | 'timelineHistories'>;

/** The write-ahead log of every component: stretches of bytes that may overlap, and the histories of timelines. */
export function logStore(vault: Vault, now: () => Date): LogStore {
  const known = new Map<string, Promise<LogRef[]>>();
  return {
    putLog: (log, after) => putLog(vault, known, { ...log, storedAt: now() }, after),
    logs: (component) => listLogs(vault, component),
    readLog: (log) => readLog(vault, log),
    putTimelineHistory: (component, system, timeline, text) =>
      putHistory(vault, { component, system, timeline }, { text, storedAt: now() }),
    timelineHistories: (component, system) => readHistories(vault, component, system),
  };
}

type NewLog = Parameters<BackupRepository['putLog']>[0] & { readonly storedAt: Date };

async function putLog(
  vault: Vault,
  known: Map<string, Promise<LogRef[]>>,
  log: NewLog,
  after?: Promise<unknown>,
): Promise<LogRef> {
  if (log.bytes.length === 0) throw new RangeError('a stretch of log cannot be empty');
  const sealed = await seal(log.bytes, vault.recipients);
  const to = log.from + BigInt(log.bytes.length);
  const key = logKey({ ...log, to }, log.storedAt.toISOString(), sha256Of(sealed));
  const ref = parseLogKey(log.component, key, sealed.length);
  if (!ref) throw new RangeError(`not a stretch of log: ${key}`);
  await after;
  await vault.store.put(key, sealed);
  await removeCovered(vault, known, ref);
  return ref;
}

/** The stored stretches are listed once and then remembered: with a flush a second, listing each time would not end. */
async function removeCovered(vault: Vault, known: Map<string, Promise<LogRef[]>>, ref: LogRef): Promise<void> {
  const { component, system, timeline } = ref;
  const line = `${component}/${system}/${timeline}`;
  const listed = known.get(line) ?? listLogs(vault, component, { system, timeline });
  known.set(line, listed);
  try {
    const refs = await listed;
    const covered = refs.filter((other) => covers(ref, other));
    for (const other of covered) {
      await vault.store.remove(other.key);
      refs.splice(refs.indexOf(other), 1);
    }
    if (!refs.some((other) => other.key === ref.key)) refs.push(ref);
  } catch {
    // The new stretch is safe, and one too many does no harm: this must not stop the log. The next one tries again.
    known.delete(line);
  }
}

/** Of equal stretches the later name stays, so two writers can never remove each other's. */
function covers(ref: LogRef, other: LogRef): boolean {
  if (other.from === ref.from && other.to === ref.to) return other.key < ref.key;
  return ref.from <= other.from && other.to <= ref.to;
}

async function listLogs(
  vault: Vault,
  component: string,
  only?: { readonly system: string; readonly timeline: number },
): Promise<LogRef[]> {
  const objects = await vault.store.list(only ? systemPrefix(component, only.system) : logPrefix(component));
  return objects
    .flatMap(({ key, bytes }) => parseLogKey(component, key, bytes) ?? [])
    .filter((log) => !only || log.timeline === only.timeline)
    .sort(inLogOrder);
}

const compare = <T extends string | number | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

const inLogOrder = (a: LogRef, b: LogRef): number =>
  compare(a.system, b.system) ||
  a.timeline - b.timeline ||
  compare(a.from, b.from) ||
  compare(a.to, b.to) ||
  compare(a.key, b.key);

/** How often the stretch that takes another's place may itself be replaced while it is read. */
const TRIES = 5;

/** A stream that runs joins small stretches into larger ones while others read: then the bytes are cut out of the larger one. */
async function readLog(vault: Vault, wanted: LogRef): Promise<Buffer> {
  let log = wanted;
  for (let tries = 1; ; tries++) {
    try {
      const bytes = await readStretch(vault, log);
      return bytes.subarray(Number(wanted.from - log.from), Number(wanted.to - log.from));
    } catch (error) {
      const other = tries < TRIES ? await replacement(vault, wanted, log) : undefined;
      if (other === undefined) throw error;
      log = other;
    }
  }
}

async function readStretch(vault: Vault, log: LogRef): Promise<Buffer> {
  const identities = vault.identities();
  const sealed = await getNamed(vault.store, log.key);
  return unseal(sealed, identities, { key: log.key, plainBytes: Number(log.to - log.from) });
}

/** Another stretch that holds all of the wanted one; only while the one that failed is gone, since damage is to be told, not got round. */
async function replacement(vault: Vault, wanted: LogRef, failed: LogRef): Promise<LogRef | undefined> {
  const logs = await listLogs(vault, wanted.component, wanted);
  if (logs.some(({ key }) => key === failed.key)) return undefined;
  return logs.find(({ from, to }) => from <= wanted.from && to >= wanted.to);
}

type Timeline = { readonly component: string; readonly system: string; readonly timeline: number };

/**
 * In clear: it holds numbers of timelines and positions, which the names of the stretches show as well,
 * and a machine without the key must still see how far the log reaches.
 */
async function putHistory(vault: Vault, of: Timeline, history: { text: string; storedAt: Date }): Promise<void> {
  const bytes = Buffer.from(history.text, 'utf8');
  const key = historyKey(of, history.storedAt.toISOString(), sha256Of(bytes));
  await vault.store.put(key, bytes, { replace: true });
  for (const other of await vault.store.list(systemPrefix(of.component, of.system))) {
    if (parseHistoryKey(other.key) === of.timeline && other.key < key) await vault.store.remove(other.key);
  }
}

/** Keys come sorted and begin with timeline and time: of several copies the newest counts. */
async function readHistories(vault: Vault, component: string, system: string): Promise<ReadonlyMap<number, string>> {
  const newest = new Map<number, string>();
  for (const { key } of await vault.store.list(systemPrefix(component, system))) {
    const timeline = parseHistoryKey(key);
    if (timeline !== undefined) newest.set(timeline, key);
  }
  const histories = new Map<number, string>();
  for (const [timeline, key] of newest) histories.set(timeline, (await getNamed(vault.store, key)).toString('utf8'));
  return histories;
}
