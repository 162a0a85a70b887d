import { EventEmitter, once } from 'node:events';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorRecord, KnownError } from '../model/errors.ts';
import { type CheckRequest, type CheckResult, checkPlan } from './check-plan.ts';
import { findPlan } from './find-plan.ts';
import type { Services } from './services.ts';

/** Editors write a file in several moves; they are one change. */
const SETTLE_MS = 150;

export interface Watching {
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Judges the plan again whenever one of its files changes, until the signal is aborted. Gives the last result. */
export async function watchPlan(services: Services, request: CheckRequest, watching: Watching): Promise<CheckResult> {
  // With JSON the text goes to stderr, as all progress does, and the last result is the one document.
  if (!['text', 'json'].includes(request.format ?? 'text'))
    throw new KnownError('USAGE', `--watch prints no ${request.format}`, 'Leave out --format, or --watch.');
  const plan = findPlan(services);
  const changes = watchFiles(watching.signal);
  try {
    // Watched before it is read, so that a change in between is not missed.
    changes.watch([plan]);
    let result = judge(services, request, watching);
    for (;;) {
      const files = result.files();
      changes.watch(files);
      watching.say(`watching ${files.length} ${files.length === 1 ? 'file' : 'files'}; Ctrl-C ends it`);
      if (!(await changes.next()) || !(await settled(services, watching.signal))) break;
      changes.forget();
      result = judgeAgain(services, request, watching) ?? result;
    }
    return { ...result, text: () => '' };
  } finally {
    changes.close();
  }
}

function judge(services: Services, request: CheckRequest, { say }: Watching): CheckResult {
  say('checking');
  const result = checkPlan(services, request);
  say(result.text());
  return result;
}

/** A plan that is not there for a moment is told, and waited for. */
function judgeAgain(services: Services, request: CheckRequest, watching: Watching): CheckResult | undefined {
  try {
    return judge(services, request, watching);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const { message, hint } = errorRecord(error);
    watching.say(`${message}\n  → ${hint}`);
    return undefined;
  }
}

interface Changes {
  /** Watches these files, too. */
  watch(files: readonly string[]): void;
  /** True at the next change since `forget`, false when the signal was aborted first. */
  next(): Promise<boolean>;
  forget(): void;
  close(): void;
}

function watchFiles(signal: AbortSignal): Changes {
  const folders = new Map<string, { readonly names: Set<string>; readonly watcher: FSWatcher }>();
  const bell = new EventEmitter();
  let dirty = false;
  const ring = (): void => {
    dirty = true;
    bell.emit('change');
  };
  const open = (folder: string) => {
    const names = new Set<string>();
    // The folder, not the file: most editors put a new file in the place of the old one.
    const watcher = watch(folder, (_event, name) => {
      if (name === null || names.has(name)) ring();
    });
    return { names, watcher: watcher.on('error', ring) };
  };
  return {
    watch(files) {
      for (const file of files.filter((one) => existsSync(dirname(one)))) {
        const watched = folders.get(dirname(file)) ?? open(dirname(file));
        folders.set(dirname(file), watched);
        watched.names.add(basename(file));
      }
    },
    async next() {
      if (!dirty && !signal.aborted) await once(bell, 'change', { signal }).catch(() => undefined);
      return !signal.aborted;
    },
    forget() {
      dirty = false;
    },
    close() {
      for (const { watcher } of folders.values()) watcher.close();
    },
  };
}

async function settled({ clock }: Services, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(SETTLE_MS, signal);
    return true;
  } catch {
    return false;
  }
}
