import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When a process began, in words that differ for a later process of the same number; undefined when it is gone. Asks `/proc`, else `ps`. */
export function processStart(pid: number): string | undefined {
  if (!isThere(pid)) return undefined;
  const boot = readText('/proc/sys/kernel/random/boot_id');
  if (boot === undefined) return startFromPs(pid);
  const stat = readText(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : startFromStat(stat, boot.trim());
}

/** Field 22 of `/proc/PID/stat`: clock ticks since boot, so the boot belongs to it. A zombie no longer does anything. */
export function startFromStat(stat: string, boot: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  return state === undefined || 'ZXx'.includes(state) || ticks === undefined ? undefined : `${boot}/${ticks}`;
}

/** For systems without `/proc`. A machine without `ps` gets one word for all: alive is then all that can be told. */
export function startFromPs(pid: number, program = 'ps'): string | undefined {
  try {
    const text = execFileSync(program, ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
      timeout: 5000,
    });
    const [, state, start] = /^\s*(\S+)\s+(.+?)\s*$/.exec(text) ?? [];
    return state?.startsWith('Z') ? undefined : (start ?? 'alive');
  } catch {
    return isThere(pid) ? 'alive' : undefined;
  }
}

/** A process of another user refuses the question, so it is there. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
