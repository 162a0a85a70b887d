import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { World } from '../corporate-intel/world.ts';
import type { Claim } from '../judge.ts';
import { type GivenApproval, operator } from '../operator.ts';
import type { RecoverOutput } from './result.ts';

/** How long the scripted operator looks at an approval before typing. */
export const THINKS_MS = 1200;

export interface Staged {
  readonly world: World;
  say(line: string): void;
  /** Where reports and evidence are kept after the world is gone. */
  readonly keepIn: string;
}

export interface Recovered {
  readonly run: RecoverOutput;
  readonly approvals: readonly GivenApproval[];
  readonly wallSeconds: number;
  readonly evidence: string | null;
  readonly report: string | null;
}

/** Runs the real `lifeboat recover`, with an operator at a second terminal. */
export async function recoverWithOperator(stage: Staged, args: readonly string[]): Promise<Recovered> {
  const { world, say } = stage;
  const person = operator(world.lifeboat, { thinksMs: THINKS_MS, say });
  const began = Date.now();
  say(`lifeboat recover ${args.join(' ')}`);
  const recovery = await world.lifeboat.start(['recover', ...args, '--plan', world.plan, '--json'], {
    onLine: (line, stream) => {
      if (stream !== 'stderr') return;
      say(`  ${line}`);
      person.read(line);
    },
  });
  const approvals = await person.until(recovery);
  const finished = await recovery.finished;
  const run = parse(finished.stdout, finished.stderr);
  return { run, approvals, wallSeconds: (Date.now() - began) / 1000, ...(await keepFiles(run, stage.keepIn)) };
}

function parse(stdout: string, stderr: string): RecoverOutput {
  let output: unknown;
  try {
    output = JSON.parse(stdout);
  } catch {
    throw new Error(`lifeboat recover printed no JSON document: ${stdout}${stderr}`);
  }
  if (typeof (output as RecoverOutput).run === 'string') return output as RecoverOutput;
  throw new Error(`lifeboat recover did not run: ${stdout}`);
}

async function keepFiles(
  run: RecoverOutput,
  folder: string,
): Promise<{ evidence: string | null; report: string | null }> {
  await mkdir(folder, { recursive: true });
  const keep = async (file: string | undefined) => {
    if (file === undefined) return null;
    const kept = join(folder, basename(file));
    await copyFile(file, kept);
    return kept;
  };
  await keep(run.report?.markdown);
  return { evidence: await keep(run.evidence), report: await keep(run.report?.html) };
}

/** What every recovery must show, whatever it recovered from. */
export async function judgeRun(stage: Staged, { run, approvals, evidence }: Recovered): Promise<readonly Claim[]> {
  const thought = (approvals.length * THINKS_MS) / 1000;
  return [
    {
      claim: 'the run succeeded and owes nothing',
      held: run.status === 'succeeded' && run.open_obligations.length === 0,
      observed: `${run.status}${run.error ? `: ${run.error.message}` : ''}, ${run.open_obligations.length} obligations open`,
    },
    {
      claim: 'a person approved, and the time that took was measured',
      held: approvals.length > 0 && run.human_wait_seconds >= thought * 0.9,
      observed: `${approvals.length} approvals, ${run.human_wait_seconds} s of waiting`,
    },
    await judgeEvidence(stage, evidence),
  ];
}

async function judgeEvidence({ world, say }: Staged, evidence: string | null): Promise<Claim> {
  const claim = 'the evidence is whole';
  if (evidence === null) return { claim, held: false, observed: 'there is none' };
  say(`lifeboat evidence verify ${evidence}`);
  const { code, stdout, stderr } = await world.lifeboat.run(['evidence', 'verify', evidence]);
  return { claim, held: code === 0, observed: `${stdout}${stderr}`.trim().split('\n')[0] ?? '' };
}
