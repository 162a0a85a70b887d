import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NO_LINES, sha256Hex } from '../model/journal-chain.ts';
import { exportEvidence } from './export-evidence.ts';
import { headerLine, publicKeyToHex, sealLine, sealText } from './format.ts';
import { type Moment, sampleLines, smallRun } from './sample-run.fake.ts';
import { verifyEvidence } from './verify-evidence.ts';

const newKey = () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKeyToHex(createPublicKey(privateKey)) };
};
const key = newKey();
const EXPORTED = new Date('2026-01-14T09:00:00Z');
const linesOf = (moments: readonly Moment[]): string[] => sampleLines(moments).lines;

const LINES = linesOf(smallRun);
const TEXT = exportEvidence(LINES, key, EXPORTED);
const BYTES = Buffer.from(TEXT);
const PARTS = TEXT.trimEnd().split('\n');
const asFile = (lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);

/** Seals lines that `exportEvidence` would refuse. */
function forge(lines: readonly string[], { count = lines.length, header = headerLine(HEADER) } = {}): Buffer {
  const seal = {
    events: count,
    head: sha256Hex(lines.at(-1) ?? ''),
    header: sha256Hex(header),
    publicKey: key.publicKey,
  };
  return asFile([
    header,
    ...lines,
    sealLine(seal, sign(null, Buffer.from(sealText(seal)), key.privateKey).toString('hex')),
  ]);
}
const HEADER = { run: 'run-1', exportedAt: EXPORTED.toISOString() };

describe('evidence that is whole', () => {
  test('is the header, the lines exactly as they were, and the seal', () => {
    expect(PARTS.slice(1, -1)).toEqual(LINES);
    expect(TEXT.endsWith('}\n')).toBe(true);
    expect(verifyEvidence(BYTES)).toEqual({
      whole: true,
      run: 'run-1',
      exportedAt: '2026-01-14T09:00:00.000Z',
      events: LINES.length,
      head: sha256Hex(LINES.at(-1) ?? ''),
      signedBy: key.publicKey,
    });
  });

  test('can be made of a run that is not over, and of one event', () => {
    expect(verifyEvidence(Buffer.from(exportEvidence(LINES.slice(0, 1), key, EXPORTED)))).toMatchObject({ events: 1 });
  });

  test('holds text of any kind', () => {
    const odd = linesOf([
      ...smallRun.slice(0, 2),
      [3, 'ana', { type: 'run.paused', why: 'ü"\\\n\r\u2028\u0000\ud800🛟' }],
    ]);
    expect(verifyEvidence(Buffer.from(exportEvidence(odd, key, EXPORTED))).whole).toBe(true);
  });
});

describe('nothing can be changed unseen', { timeout: 30_000 }, () => {
  /** Where each byte stands; the newline belongs to the line that it ends. */
  const lineOf = (offset: number) => BYTES.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;

  test.each([0x01, 0x02, 0x10, 0x20, 0x80, 0xff])('every byte, flipped by %i: the line is named', (pattern) => {
    for (let offset = 0; offset < BYTES.length; offset++) {
      const bytes = Buffer.from(BYTES);
      bytes[offset] = (bytes[offset] as number) ^ pattern;
      const verdict = verifyEvidence(bytes);
      expect(verdict, `byte ${offset}`).toMatchObject({ whole: false, line: lineOf(offset) });
    }
  });

  test('every length it can be cut to', () => {
    for (let length = 0; length < BYTES.length; length++)
      expect(verifyEvidence(BYTES.subarray(0, length)), `length ${length}`).toMatchObject({
        whole: false,
        line: Math.max(1, lineOf(length) - (BYTES[length - 1] === 0x0a ? 1 : 0)),
      });
  });

  test.each(PARTS.map((_, index) => index))('line %i removed', (index) => {
    const verdict = verifyEvidence(asFile(PARTS.toSpliced(index, 1)));
    const expected = index === PARTS.length - 1 ? index : index + 1;
    expect(verdict).toMatchObject({ whole: false, line: expected });
  });

  test.each(PARTS.map((_, index) => index))('line %i doubled', (index) => {
    const verdict = verifyEvidence(asFile(PARTS.toSpliced(index, 0, PARTS[index] as string)));
    expect(verdict).toMatchObject({ whole: false });
    if (!verdict.whole) expect([index + 1, index + 2]).toContain(verdict.line);
  });

  test('any two lines swapped', () => {
    for (let a = 0; a < PARTS.length; a++)
      for (let b = a + 1; b < PARTS.length; b++) {
        const lines = PARTS.with(a, PARTS[b] as string).with(b, PARTS[a] as string);
        const verdict = verifyEvidence(asFile(lines));
        expect(verdict, `${a} and ${b}`).toMatchObject({ whole: false });
        if (!verdict.whole) expect([a + 1, b + 1, b + 2, lines.length], `${a} and ${b}`).toContain(verdict.line);
      }
  });

  test.each(['x', '\n', ' ', '\r\n', '\0', `${PARTS.at(-1)}\n`, `${PARTS[1]}\n`])('%j appended', (tail) => {
    expect(verifyEvidence(Buffer.concat([BYTES, Buffer.from(tail)])).whole).toBe(false);
  });

  test.each(['\ufeff', '\n', ' '])('%j put in front', (front) => {
    expect(verifyEvidence(Buffer.concat([Buffer.from(front), BYTES]))).toMatchObject({ whole: false, line: 1 });
  });

  test('other newlines', () => {
    expect(verifyEvidence(Buffer.from(TEXT.replaceAll('\n', '\r\n'))).whole).toBe(false);
  });

  test('another spelling of the seal', () => {
    const seal = PARTS.at(-1) as string;
    for (const other of [seal.replace(':', ': '), seal.replace(key.publicKey, key.publicKey.toUpperCase())])
      expect(verifyEvidence(asFile([...PARTS.slice(0, -1), other])).whole).toBe(false);
  });
});

describe('a seal over something that is no run', () => {
  const event = (change: object, index = 1): Buffer => {
    const events = LINES.map((line) => JSON.parse(line));
    events[index] = { ...events[index], ...change };
    const lines: string[] = [];
    for (const next of events) lines.push(JSON.stringify({ ...next, prev: sha256Hex(lines.at(-1) ?? '') }));
    return forge(lines);
  };

  test.each<[string, () => Buffer, number, RegExp]>([
    ['of another run', () => event({ run: 'run-2' }), 3, /belongs to run-2, not to run-1/],
    ['with a hole in its numbers', () => event({ seq: 9 }), 3, /event 2 must stand here, not 9/],
    [
      'with an event of no known type',
      () => event({ type: 'run.exploded' }),
      3,
      /nothing is known of an event run.exploded/,
    ],
    ['with an event without a time', () => event({ at: 'noon' }), 3, /has no time/],
    [
      'that begins twice',
      () => event(JSON.parse(LINES[0] as string), 0) && event({ type: 'run.created' }),
      3,
      /run.created, once/,
    ],
    ['that does not begin', () => event({ type: 'run.succeeded' }, 0), 2, /run.created, once/],
    ['that is not events', () => forge(['[]']), 2, /not an event/],
    ['that is nothing', () => forge([], { count: 1 }), 2, /event 1 is missing/],
    [
      'whose first event names another',
      () => forge([(LINES[0] as string).replace(NO_LINES.hash, 'a'.repeat(64))]),
      2,
      /names a line before/,
    ],
    ['that counts more events', () => forge(LINES, { count: LINES.length + 1 }), LINES.length + 1, /must stand here/],
    [
      'whose header names another',
      () => forge(LINES, { header: headerLine({ ...HEADER, run: 'run-2' }) }),
      2,
      /belongs to run-1/,
    ],
    [
      'whose header is of another format',
      () => forge(LINES, { header: '{"format":"lifeboat-evidence/2"}' }),
      1,
      /header/,
    ],
  ])('%s', (_what, file, line, why) => {
    expect(verifyEvidence(file())).toEqual({ whole: false, line, why: expect.stringMatching(why) });
  });

  test('a public key that is no point', () => {
    const seal = { events: 1, head: '0'.repeat(64), header: '0'.repeat(64), publicKey: 'f'.repeat(64) };
    expect(verifyEvidence(asFile(['', sealLine(seal, '0'.repeat(128))])).whole).toBe(false);
  });
});

describe('who sealed it', () => {
  const forger = newKey();
  const forgery = Buffer.from(
    exportEvidence(linesOf([...smallRun, [3, 'mallory', { type: 'run.succeeded' }]]), forger, EXPORTED),
  );

  test('a forgery with another key is whole in itself, and found by whoever knows the key', () => {
    expect(verifyEvidence(forgery)).toMatchObject({ whole: true, signedBy: forger.publicKey });
    expect(verifyEvidence(forgery, key)).toMatchObject({
      whole: false,
      why: `this was sealed with the key ${forger.publicKey}, not with ${key.publicKey}`,
    });
    expect(verifyEvidence(BYTES, key).whole).toBe(true);
  });

  test.each(['', 'x', key.publicKey.slice(1)])('a key that is not whole (%j) trusts nobody', (publicKey) => {
    expect(verifyEvidence(BYTES, { publicKey }).whole).toBe(false);
  });
});

describe('export', () => {
  test.each<[string, string[]]>([
    ['no lines', []],
    ['a broken chain', LINES.toSpliced(1, 1)],
    ['lines of something else', ['{"a":1}']],
    ['a run whose name is no name', linesOf(smallRun).map((line) => line.replace('run-1', 'run 1'))],
  ])('refuses %s', (_what, lines) => {
    expect(() => exportEvidence(lines, key, EXPORTED)).toThrow(expect.objectContaining({ code: 'EVIDENCE_INVALID' }));
  });
});
