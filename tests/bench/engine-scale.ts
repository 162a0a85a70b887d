import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureRun, SHAPES, type Shape, type Spent } from './engine-run.ts';

/*
 * What a step costs in runs of 100, 1,000 and 10,000 steps, through the real engine and the real journal on this disk, each run in a
 * process of its own: npm run bench engine-scale. The promise: a step of 10,000 costs what one of 100 does, and memory grows with the
 * steps alone. BENCH_SIZES and BENCH_SHAPES choose other runs, e.g. BENCH_SIZES=100,2000 BENCH_SHAPES=chain.
 */
const SIZES = list(process.env.BENCH_SIZES)?.map(Number) ?? [100, 1_000, 10_000];
const ROUNDS = 3;
const GIVEN_UP_AFTER_MS = 600_000;

if (process.env.BENCH_RUN) await measureHere(process.env.BENCH_RUN);
else await compare();

async function measureHere(wanted: string): Promise<void> {
  const [shape, steps] = wanted.split(' ');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.send?.(await measureRun(shape as Shape, Number(steps), collect));
}

async function compare(): Promise<void> {
  const shapes = list(process.env.BENCH_SHAPES) ?? SHAPES;
  for (const shape of shapes) {
    const all: (Spent | undefined)[] = [];
    for (const steps of SIZES) {
      const spent = await best(shape, steps);
      console.log(`${shape.padEnd(8)} ${String(steps).padStart(6)} steps  ${spent ? told(spent, steps) : 'given up'}`);
      all.push(spent);
    }
    const [first, last] = [all[0], all.at(-1)];
    const ratio =
      first && last ? (last.ms / (SIZES.at(-1) as number) / (first.ms / (SIZES[0] as number))).toFixed(2) : '-';
    console.log(`${shape.padEnd(8)} a step of ${SIZES.at(-1)} : a step of ${SIZES[0]} = ${ratio}`);
  }
}

/** Of several rounds the quickest, because others use this machine as well. */
async function best(shape: string, steps: number): Promise<Spent | undefined> {
  let found: Spent | undefined;
  for (let round = 0; round < (steps > 2_000 ? 1 : ROUNDS); round++) {
    const spent = await inOwnProcess(shape, steps);
    if (!spent) return undefined;
    if (!found || spent.ms < found.ms) found = spent;
  }
  return found;
}

async function inOwnProcess(shape: string, steps: number): Promise<Spent | undefined> {
  const env = { ...process.env, BENCH_RUN: `${shape} ${steps}` };
  const child = fork(new URL(import.meta.url).pathname, { env });
  const late = setTimeout(() => child.kill('SIGKILL'), GIVEN_UP_AFTER_MS);
  let spent: Spent | undefined;
  child.on('message', (message) => {
    spent = message as Spent;
  });
  await once(child, 'exit');
  clearTimeout(late);
  return spent;
}

function told(spent: Spent, steps: number): string {
  const us = (ms: number): string => `${Math.round((ms * 1000) / steps)} µs`.padStart(9);
  const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`.padStart(7);
  const after = ['status', 'next', 'view', 'papers'] as const;
  const looks = after.map((name) => `${name} ${Math.round(spent[name])} ms`).join(', ');
  return `a step ${us(spent.ms)} (processor ${us(spent.cpu)}), heap ${mb(spent.heap)}, peak ${mb(spent.peak)}; ${looks}`;
}

function list(text: string | undefined): readonly string[] | undefined {
  return text === undefined || text === '' ? undefined : text.split(',');
}
