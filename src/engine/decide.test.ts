import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';

describe('decide', () => {
  test('an absent effect is brought about', () =>
    expect(decide({ state: 'absent' }, true, false)).toEqual({ do: 'run' }));
  test('a finished effect is verified, not repeated', () =>
    expect(decide({ state: 'done', output: 7 }, true, false)).toEqual({ do: 'verify', output: 7 }));
  test('unknown after it was begun asks a person', () =>
    expect(decide({ state: 'unknown', why: 'a shell command' }, true, false)).toEqual({
      do: 'ask',
      why: 'a shell command',
    }));
  test('unknown and never begun by us is run', () =>
    expect(decide({ state: 'unknown', why: '' }, false, false)).toEqual({ do: 'run' }));
  test('unknown, begun, and a person said again: run', () =>
    expect(decide({ state: 'unknown', why: '' }, true, true)).toEqual({ do: 'run' }));
});
