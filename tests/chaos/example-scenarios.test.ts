import { afterAll, describe, expect, test } from 'vitest';
import { everyMoment, oneOfEachKind } from './stand-in/choose.ts';
import { FAILURES, failEverywhere } from './stand-in/failures.ts';
import { dieEverywhere } from './stand-in/moments.ts';
import { companies, scenariosOf } from './stand-in/plans.ts';
import { type Row, tableOf } from './stand-in/table.ts';
import { variantsOf } from './stand-in/variants.ts';
import { NATURES, type Trouble } from './stand-in/world.ts';

/*
 * Every scenario of every example plan, carried out by the engine in a world that stands in for the clouds and clusters they are about.
 * The process dies after the events it keeps, and before, during and after its calls; whoever goes on must end as if nothing had
 * happened. Here each scenario is cast once, the next one in another way, and of each kind of moment it has it dies at one; CHAOS=all
 * takes every moment, `npm run chaos` casts each in every way and dies twice.
 */
const rows: Row[] = [];
const isAll = process.env.CHAOS === 'all';
const byHand = new Set<string>();

afterAll(() => {
  console.log(tableOf(rows));
  console.log(`outputs that had to be made up by hand: ${[...byHand].join(', ') || 'none'}`);
  const shortened = companies.flatMap((company) => scenariosOf(company)).flatMap(({ shortened: steps }) => steps);
  console.log(`waits cut down to 10s: ${shortened.join(', ') || 'none'}`);
});

// What is thrown here is thrown thousands of times, and nobody reads where.
Error.stackTraceLimit = 0;

/** Of the four ways to fail each call takes two: an error that may pass, and one that does not. */
const twoWays = (index: number): readonly Trouble[] =>
  [index % 2, 2 + ((index + 1) % 2)].map((way) => FAILURES[way] as Trouble);

describe.each(companies)('%s', (company) => {
  test.each(scenariosOf(company).map((example, index) => [example.name, example, index] as const))(
    '%s: killed at moments of every kind, and every call fails once',
    async (_name, example, index) => {
      const isChosen = (cast: number) => cast >= NATURES.length || cast === index % NATURES.length;
      for (const variant of variantsOf(example).filter((_, cast) => isChosen(cast))) {
        const deaths = await dieEverywhere(variant.play, { choose: isAll ? everyMoment : oneOfEachKind(rows.length) });
        const failed = await failEverywhere(variant, variant.isCast ? twoWays : () => []);
        const { name, origin } = example;
        rows.push({ company, name, variant: variant.name, steps: origin.steps?.length ?? 0, ...deaths, ...failed });
        for (const step of variant.byHand) byHand.add(step);
        expect([variant.name, ...deaths.wrong, ...failed.wrong]).toEqual([variant.name]);
        expect(deaths.calm.state.status).toBe(variant.endsAs);
        expect(deaths.all).toBeGreaterThan(4);
        expect(deaths.moments).toBeGreaterThan(isAll ? deaths.all - 1 : 4);
      }
    },
  );
});
