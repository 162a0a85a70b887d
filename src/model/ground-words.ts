import type { Ground } from './run.ts';

/** What a step rests on, one line each, for whoever is to say yes. */
export const groundLines = (grounds: readonly Ground[], now: Date): readonly string[] =>
  grounds.map((ground) => groundLine(ground, now));

function groundLine(ground: Ground, now: Date): string {
  switch (ground.kind) {
    case 'proven': {
      const claims = ground.proofs.map(({ claim, observed }) => `${claim}${observed === '' ? '' : ` (${observed})`}`);
      const how = ground.by === undefined ? `proven again at ${clockTime(now)}` : `on the word of ${ground.by}`;
      return `${ground.step}: ${how}: ${claims.join('; ')}`;
    }
    case 'safety point':
      return `safety point of ${ground.component}: ${ground.point}, of ${ground.at}`;
    case 'no safety point':
      return `NO safety point of ${ground.component}: ${ground.by} goes on without one: ${ground.reason}`;
  }
}

/** `03:05:12 UTC` */
const clockTime = (now: Date): string => `${now.toISOString().slice(11, 19)} UTC`;
