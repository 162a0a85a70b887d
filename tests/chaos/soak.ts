import { spawnSync } from 'node:child_process';
import { FAILURES, failEverywhere } from './stand-in/failures.ts';
import { type DiesAgain, dieEverywhere } from './stand-in/moments.ts';
import { companies, scenariosOf } from './stand-in/plans.ts';
import { seeded } from './stand-in/seeded.ts';
import { type Row, tableOf } from './stand-in/table.ts';
import { variantsOf } from './stand-in/variants.ts';

/*
 * npm run chaos [ROUNDS] [SEED]: everything at full size. Every scenario of every example plan in every cast, killed at every moment, and a
 * second time at a moment of the next life that chance chooses; every call fails in every way; then the tests with real processes.
 */
const [rounds = '1', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
Error.stackTraceLimit = 0;
console.log(`seed ${seed}`);
const random = seeded(Number(seed));
const oneOf: DiesAgain = (moments) => moments.slice(Math.floor(random() * moments.length)).slice(0, 1);

let wrong = 0;
let points = 0;
for (let round = 1; round <= Number(rounds); round++) {
  const rows: Row[] = [];
  for (const company of companies) {
    for (const example of scenariosOf(company)) rows.push(...(await play(example)));
    console.log(`${company} is through: ${rows.reduce((sum, { moments }) => sum + moments, 0)} moments so far`);
  }
  points += rows.reduce((sum, { moments }) => sum + moments, 0);
  console.log(tableOf(rows));
  console.log(`round ${round} of ${rounds}, seed ${seed}: killed at ${points} moments so far, ${wrong} wrong`);
}
const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
const real = ['kill-after-every-event', 'whole-engine', 'two-lives', 'take-over', 'bad-moments', 'shell'].map(
  (name) => `tests/chaos/${name}.test.ts`,
);
const processes = spawnSync(process.execPath, [vitest, 'run', ...real], {
  stdio: 'inherit',
  env: { ...process.env, CHAOS: 'all' },
});
console.log(
  `seed ${seed}: killed at ${points} moments in one process, ${wrong} wrong; those of real processes stand above`,
);
process.exitCode = wrong === 0 && processes.status === 0 ? 0 : 1;

async function play(example: ReturnType<typeof scenariosOf>[number]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const variant of variantsOf(example)) {
    const deaths = await dieEverywhere(variant.play, { diesAgain: oneOf });
    const failed = await failEverywhere(variant, () => (variant.isCast ? FAILURES : []));
    const { company, name, origin } = example;
    rows.push({ company, name, variant: variant.name, steps: origin.steps?.length ?? 0, ...deaths, ...failed });
    const ended = deaths.calm.state.status === variant.endsAs ? [] : [`it ended ${deaths.calm.state.status}`];
    for (const what of [...ended, ...deaths.wrong, ...failed.wrong]) {
      wrong++;
      console.error(`${company}, ${name}, ${variant.name}: ${what}`);
    }
  }
  return rows;
}
