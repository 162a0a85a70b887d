import { plain } from './blocks.ts';
import { thingsIn } from './match-component.ts';
import type { Reading } from './reading.ts';
import { remembering } from './remember.ts';
import { EXPLICIT } from './topics.ts';
import { indexing, type WordIndex } from './word-index.ts';

/** Words by which something is lost. */
export const FAILURE =
  /fail|outage|loss|corrupt|delet|breach|attack|ransom|disaster|deploy|rollback|unavailab|crash|isolation|compromis/i;

/** What is lost, and how. */
interface TitleWords {
  readonly things: ReadonlySet<string>;
  readonly losses: ReadonlySet<string>;
}

interface Known extends TitleWords {
  readonly name: string;
}

const THING = 'thing:';
/** Those that name nothing: only a title that names nothing either may mean them. */
const NOTHING = 'nothing';

const scenariosOf = indexing('scenarios', (draft, name) => {
  const title = draft.read(['scenarios', name, 'title']);
  const { things, losses } = wordsOf(title?.kind === 'value' ? String(title.value) : name);
  const entry: Known = { name, things, losses };
  return { entry, words: things.size === 0 ? [NOTHING] : [...things].map((word) => THING + word) };
});

/** The scenario that shares most words with a title; undefined when none shares what is lost, or two share as many. */
export function scenarioLike({ draft }: Reading, title: string): string | undefined {
  const { things, losses } = wordsOf(title);
  const known = scenariosOf(draft);
  const all = things.size + losses.size;
  let [name, score, closeness]: [string | undefined, number, number] = [undefined, 0, 0];
  const { places, counts } = sharing(known, things);
  for (const place of places) {
    const own = known.all[place] as Known;
    const sharedThings = counts[place] ?? 0;
    if (sharedThings + losses.size < all / 2) continue;
    const both = sharedThings + shared(own.losses, losses);
    const [ownScore, ownCloseness] = [both / Math.max(1, all), both / Math.max(1, own.things.size + own.losses.size)];
    if (ownScore < 0.5 || ownScore < score || (ownScore === score && ownCloseness < closeness)) continue;
    name = ownScore === score && ownCloseness === closeness ? undefined : own.name;
    [score, closeness] = [ownScore, ownCloseness];
  }
  return name;
}

/** The scenarios that name some of these things, with how many; those that name nothing when there are none. */
function sharing({ all, with: having }: WordIndex<Known>, things: ReadonlySet<string>) {
  const counts = new Uint16Array(all.length);
  if (things.size === 0) return { places: having(NOTHING), counts };
  const places: number[] = [];
  for (const thing of things)
    for (const place of having(THING + thing)) {
      if (counts[place] === 0) places.push(place);
      counts[place] = (counts[place] ?? 0) + 1;
    }
  return { places, counts };
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0;
  for (const word of a) if (b.has(word)) count++;
  return count;
}

const wordsOf = remembering((title: string): TitleWords => {
  const own = plain(title).replace(EXPLICIT, (whole) => whole.replace(/^.*?[:.–—-]/, ''));
  const losses = (own.toLowerCase().match(/[a-z]{2,}/g) ?? []).filter((word) => FAILURE.test(word)).map(stem);
  const things = thingsIn(own)
    .filter((word) => !FAILURE.test(word))
    .map((word) => word.replace(/(?<=region)al$/, ''));
  return { things: new Set(things), losses: new Set(losses) };
});

const stem = (word: string): string => word.replace(/(ed|ion|ure|ing|over|back|(?<!s)s)$/, '').replace(/ment$/, '');
