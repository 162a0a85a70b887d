import { type Choice, everyMoment } from './choose.ts';
import { differences } from './compare.ts';
import { live, type Outcome, type Play, type Remains } from './lives.ts';

/** How a play went whose process died once, at each of its moments in turn. */
export interface Deaths {
  readonly calm: Outcome;
  readonly moments: number;
  /** Moments at which it could have died, of which those above were chosen. */
  readonly all: number;
  /** How often a person was asked whether something had happened. */
  readonly asked: number;
  /** What was not as without the death. */
  readonly wrong: readonly string[];
}

/** Of some moments in the second life, those at which it dies again. */
export type DiesAgain = (moments: readonly Remains[]) => readonly Remains[];

interface How {
  /** Default: at every moment there is. */
  readonly choose?: Choice;
  readonly diesAgain?: DiesAgain;
}

/** Dies at each moment in turn, goes on, and compares. */
export async function dieEverywhere(play: Play, how: How = {}): Promise<Deaths> {
  const { choose = everyMoment, diesAgain = () => [] } = how;
  const all: Remains[] = [];
  const calm = await live(play, undefined, (remains) => all.push(remains));
  const wrong: string[] = [];
  let [moments, asked] = [0, 0];
  for (const remains of choose(all, play)) {
    const found: string[] = [];
    const second: Remains[] = [];
    const one = await dieOnce(play, calm, remains, (later) => second.push(later));
    for (const again of diesAgain(second)) {
      const twice = await dieOnce(play, calm, again);
      found.push(...twice.wrong.map((what) => `and again at "${again.where}": ${what}`));
      asked += twice.asked;
      moments++;
    }
    asked += one.asked;
    moments++;
    wrong.push(
      ...[...one.wrong, ...found].map((what) => `moment ${all.indexOf(remains) + 1}, "${remains.where}": ${what}`),
    );
  }
  return { calm, moments, all: all.length, asked, wrong };
}

async function dieOnce(play: Play, calm: Outcome, left: Remains, sees?: (remains: Remains) => void) {
  try {
    const after = await live(play, left, sees);
    const asked = after.asked.filter(({ code }) => code === 'OUTCOME_UNKNOWN').length;
    return { asked, wrong: differences(play, calm, after, left) };
  } catch (error) {
    return { asked: 0, wrong: [error instanceof Error ? error.message : String(error)] };
  }
}
