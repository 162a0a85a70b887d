import { describe, expect, test } from 'vitest';
import { isBech32 } from './bech32.ts';

/** From the test vectors of BIP 173, in small letters. */
describe('Bech32', () => {
  test.each([
    'a12uel5l',
    'an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs',
    'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw',
    'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w',
    '?1ezyfcl',
  ])('%s is whole', (text) => expect(isBech32(text)).toBe(true));

  test.each([
    '',
    'pzry9x0s0muk',
    '1pzry9x0s0muk',
    'x1b4n0q5v',
    'li1dgmt3',
    'a12uel5m',
    'a12ue15l',
    '10a06t8',
    'A12UEL5L',
  ])('"%s" is not', (text) => expect(isBech32(text)).toBe(false));

  test('one wrong, missing or exchanged letter is noticed', () => {
    const good = 'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w';
    for (let at = 6; at < good.length; at++) {
      const wrong = good[at] === 'q' ? 'p' : 'q';
      expect(isBech32(good.slice(0, at) + wrong + good.slice(at + 1))).toBe(false);
      expect(isBech32(good.slice(0, at))).toBe(false);
    }
  });
});
