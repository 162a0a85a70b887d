import { spawnSync } from 'node:child_process';

/*
 * How long `lifeboat` takes until it has answered, beside Node doing nothing: npm run bench.
 * The promise is less than 150 ms for --version and --help.
 */
const PROGRAM = new URL('../../bin/lifeboat.js', import.meta.url).pathname;
const TIMES = 20;

const cases: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  'lifeboat --version': [PROGRAM, '--version'],
  'lifeboat --help': [PROGRAM, '--help'],
  'lifeboat recover --help': [PROGRAM, 'recover', '--help'],
};

for (const [name, args] of Object.entries(cases)) {
  const times = Array.from({ length: TIMES }, () => timed(args)).sort((a, b) => a - b);
  console.log(
    `${name.padEnd(24)} median ${ms(times[TIMES / 2])}, fastest ${ms(times[0])}, slowest ${ms(times.at(-1))}`,
  );
}

function timed(args: readonly string[]): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - begun;
}

function ms(time: number | undefined): string {
  return `${Math.round(time ?? Number.NaN)} ms`.padStart(7);
}
