import { describe, expect, test } from 'vitest';
import { probeOf } from './probe.ts';
import {
  ownView,
  type Probe,
  replicaView,
  type Sight,
  type Stream,
  type Verdict,
  type View,
  verdictOf,
} from './views.ts';

const SIGHTS: readonly Sight[] = ['alive', 'quiet', 'gone', 'blind'];
const KINDS: readonly View['kind'][] = ['us', 'replica', 'url', 'command'];

/** Every set of views from up to four places: 4 + 16 + 64 + 256 of them. */
const every = (places: number): readonly (readonly View[])[] =>
  places === 0
    ? [[]]
    : every(places - 1).flatMap((views) =>
        SIGHTS.map((sight) => [...views, { from: 'x', kind: KINDS[views.length] as View['kind'], sight, how: '' }]),
      );

/** The table, written another way than the code: by what is true of all views. */
function expected(views: readonly View[]): Verdict {
  const sights = views.map(({ sight }) => sight);
  if (sights[0] === 'alive') return 'up';
  if (sights.includes('alive')) return 'cut_off';
  const missedBy = sights.filter((sight) => sight === 'gone').length;
  return sights.includes('quiet') || missedBy < 2 ? 'not_known' : 'down';
}

describe('the verdict over every combination of views', () => {
  const all = [1, 2, 3, 4].flatMap(every);
  test('there are 340', () => expect(all.length).toBe(340));
  test.each(all.map((views) => [views.map(({ sight }) => sight).join(' '), views] as const))('%s', (_, views) => {
    expect(verdictOf(views)).toBe(expected(views));
  });

  test('no order of places changes it, except that our own sight tells "up" from "cut off"', () => {
    for (const views of all)
      if (views[0]?.sight !== 'alive') expect(verdictOf(views.toReversed())).toBe(verdictOf(views));
  });

  test('nothing that one place alone says makes it down', () => {
    for (const views of all)
      if (views.filter(({ sight }) => sight === 'gone').length < 2) expect(verdictOf(views)).not.toBe('down');
  });

  test('no looks at all say nothing', () => expect(verdictOf([])).toBe('not_known'));
});

describe('our own question', () => {
  test.each([
    ['write', 'alive'],
    ['login', 'alive'],
    ['answer', 'alive'],
    ['refused', 'gone'],
    ['silence', 'gone'],
    ['nowhere', 'blind'],
  ] as const)('%s: %s', (reached, sight) => {
    expect(ownView({ reached, how: 'seen' } as Probe)).toEqual({ from: 'us', kind: 'us', sight, how: 'seen' });
  });

  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOENT', 'refused'],
    ['ETIMEDOUT', 'silence'],
    ['EHOSTUNREACH', 'silence'],
    ['ECONNRESET', 'silence'],
    ['ENOTFOUND', 'nowhere'],
    ['EAI_AGAIN', 'nowhere'],
    ['ENETUNREACH', 'nowhere'],
    ['28P01', 'answer'],
    ['53300', 'answer'],
    ['57P03', 'answer'],
    [undefined, 'silence'],
  ])('the error %s: %s', (code, reached) => expect(probeOf(code, 'text').reached).toBe(reached));
});

describe('what a replica says of its stream', () => {
  const receiver = (silentMs: number, more: Partial<NonNullable<Stream['receiver']>> = {}) => ({
    receiver: { status: 'streaming', silentMs, asksAfterMs: 30_000, ...more },
  });
  test.each<[string, Partial<Stream>, Sight]>([
    ['a message just now', receiver(900), 'alive'],
    ['an idle primary', receiver(1100), 'quiet'],
    ['it has asked, and the answer may still come', receiver(31_900), 'quiet'],
    ['it has asked, and nobody answers', receiver(32_100), 'gone'],
    ['it never asks', receiver(900_000, { asksAfterMs: 0 }), 'quiet'],
    ['its stream begins anew', receiver(100, { status: 'starting' }), 'quiet'],
    ['its stream has ended', {}, 'gone'],
    ['it has never received', { hasReceived: false }, 'blind'],
    ['we may not see its stream', receiver(0, { status: 'hidden' }), 'blind'],
    ['it is a primary itself', { inRecovery: false }, 'blind'],
  ])('%s', (_, stream, sight) => {
    expect(replicaView('r', { inRecovery: true, hasReceived: true, ...stream })).toMatchObject({ from: 'r', sight });
  });
});
