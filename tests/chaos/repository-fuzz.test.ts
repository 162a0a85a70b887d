import { expect, test } from 'vitest';
import { type Answer, askFor, dice, wholeRepository } from './fuzzed-repository.ts';

const ROUNDS = process.env.CHAOS === 'all' ? 1000 : 60;

const made = await wholeRepository();
const whole: ReadonlyMap<string, Buffer> = new Map(made.store.objects);
const keys = [...whole.keys()].filter((key) => key !== 'README.txt').sort();
const truth = await askFor(whole, made);

type Spoil = (roll: () => number) => { readonly what: string; readonly objects: Map<string, Buffer> };

const pick = <T>(list: readonly T[], roll: () => number): T => list[Math.floor(roll() * list.length)] as T;

const SPOILS: Readonly<Record<string, Spoil>> = {
  'one byte changed': (roll) => {
    const key = pick(keys, roll);
    const bytes = Buffer.from(whole.get(key) as Buffer);
    const at = Math.floor(roll() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + Math.floor(roll() * 255));
    return { what: `byte ${at} of ${key}`, objects: new Map(whole).set(key, bytes) };
  },
  'cut short': (roll) => {
    const key = pick(keys, roll);
    const bytes = whole.get(key) as Buffer;
    const length = Math.floor(roll() * bytes.length);
    return { what: `${key} to ${length} bytes`, objects: new Map(whole).set(key, bytes.subarray(0, length)) };
  },
  'two swapped': (roll) => {
    const [one, other] = [pick(keys, roll), pick(keys, roll)];
    const bytes = whole.get(one) as Buffer;
    return {
      what: `${one} and ${other}`,
      objects: new Map(whole).set(one, whole.get(other) as Buffer).set(other, bytes),
    };
  },
  'left out': (roll) => {
    const key = pick(keys, roll);
    const objects = new Map(whole);
    objects.delete(key);
    return { what: key, objects };
  },
};

/**
 * refused: an error names it, in a restore or when it is looked through. told: what can be returned to is another, and `points` says so.
 * harmless: everything comes out as ever. silent: neither is it refused nor told, and something is missing or different.
 */
type Verdict = 'refused' | 'told' | 'harmless' | 'silent';

function judge(seen: Answer): Verdict {
  if (seen.refused.length > 0) return 'refused';
  if (seen.points !== truth.points) return 'told';
  const same =
    seen.restored === truth.restored && [...truth.given].every(([name, sum]) => seen.given.get(name) === sum);
  return same ? 'harmless' : 'silent';
}

/** Whatever comes out is what was put in: a part of the truth may be missing, and nothing else may be there. */
const wrongBytes = ({ given }: Answer): string[] =>
  [...given].filter(([name, sum]) => (truth.given.get(name) ?? made.files.get(name)) !== sum).map(([name]) => name);

test('the repository that is spoiled is whole and restores its newest moment', () => {
  expect(truth.refused).toEqual([]);
  expect(truth.restored).toBe('base-2 0/1493E0');
  expect(truth.given.get('the log laid down')).toBe('as it was');
  expect([...truth.given.keys()].filter((name) => name.startsWith('base-2 /'))).toHaveLength(4);
  expect(wrongBytes(truth)).toEqual([]);
});

test.each(Object.keys(SPOILS))(
  `%s, ${ROUNDS / 4} times: refused or told, and no changed byte comes out`,
  {
    timeout: 600_000,
  },
  async (how) => {
    const roll = dice(20260114 + Object.keys(SPOILS).indexOf(how));
    const verdicts: Record<Verdict, number> = { refused: 0, told: 0, harmless: 0, silent: 0 };
    for (let round = 0; round < ROUNDS / 4; round++) {
      const { what, objects } = (SPOILS[how] as Spoil)(roll);
      const seen = await askFor(objects, made);
      const changed = [...whole].some(([key, bytes]) => objects.get(key)?.equals(bytes) !== true);
      const verdict = changed ? judge(seen) : 'harmless';
      verdicts[verdict]++;
      expect(wrongBytes(seen), what).toEqual([]);
      expect(verdict, `${what} ${JSON.stringify(seen.refused)}`).not.toBe('silent');
      // Bytes that are there and wrong are never merely told: they are refused by name.
      if (changed && how !== 'left out') expect(verdict, what).toBe('refused');
    }
    if (process.env.CHAOS === 'all') console.info(`${how}: ${JSON.stringify(verdicts)}`);
  },
);
