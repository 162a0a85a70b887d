import { setTimeout as pause } from 'node:timers/promises';
import type { Lifeboat, RunningLifeboat } from './lifeboat.ts';

/** Who approves: one of the people whom the company's plan names for it. */
export const APPROVER = 'alex';

/** One approval that the operator gave from a second terminal. */
export interface GivenApproval {
  readonly run: string;
  readonly step: string;
}

/**
 * A scripted person at a second terminal: reads what the recovery asks for on its screen, takes a moment to think, and
 * types the command that the screen shows. The wait is real, and the run measures it.
 */
export function operator(lifeboat: Lifeboat, options: { thinksMs: number; say(line: string): void }) {
  const given: GivenApproval[] = [];
  const answers: Promise<void>[] = [];
  const failures: string[] = [];
  const known = new Set<string>();

  async function answer(run: string, step: string): Promise<void> {
    await pause(options.thinksMs);
    options.say(`${APPROVER} types: lifeboat approve ${run} ${step}`);
    const done = await lifeboat.run(['approve', run, step, '--by', APPROVER]);
    if (done.code === 0) given.push({ run, step });
    else failures.push(`lifeboat approve ${run} ${step} ended with ${done.code}: ${done.stderr}${done.stdout}`);
  }

  return {
    /** Hand every line of the recovery's screen to this. */
    read(line: string): void {
      const found = /lifeboat approve (\S+) ([a-z][a-z0-9_-]*)/.exec(line);
      const [, run, step] = found ?? [];
      if (run === undefined || step === undefined || known.has(`${run} ${step}`)) return;
      known.add(`${run} ${step}`);
      answers.push(answer(run, step));
    },
    /** Waits until everything that was begun is typed, whatever came of it. */
    async rest(): Promise<void> {
      await Promise.all(answers);
    },
    /** Waits for the recovery; when an approval could not be given, ends it instead of waiting for ever. */
    async until(recovery: RunningLifeboat): Promise<readonly GivenApproval[]> {
      const finished = recovery.finished.then(() => undefined);
      let over = false;
      finished.then(
        () => {
          over = true;
        },
        () => {
          over = true;
        },
      );
      while (!over) {
        await Promise.race([finished, pause(200)]);
        if (failures.length > 0 && !over) await recovery.end('SIGTERM');
      }
      await Promise.all(answers);
      if (failures.length > 0) throw new Error(failures.join('\n'));
      return given;
    },
  };
}
