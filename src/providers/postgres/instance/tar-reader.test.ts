import { buffer } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { BadTar, TarReader } from './tar-reader.ts';

type Entry = { name: string; bytes?: Buffer; type?: Header['type'] };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, bytes = Buffer.alloc(0), type = 'file' } of entries)
    tar.entry({ name, type, ...(type === 'symlink' ? { linkname: '/x' } : {}) }, bytes);
  tar.finalize();
  return buffer(tar as unknown as AsyncIterable<Buffer>);
}

/** What a reader makes of an archive that comes in pieces of these sizes, over and over. */
function read(tar: Uint8Array, sizes: readonly number[]): readonly (readonly [string, string, string])[] {
  const reader = new TarReader();
  const found: [string, string, string][] = [];
  let ended = 0;
  for (let at = 0, turn = 0; at < tar.length; turn++) {
    const size = sizes[turn % sizes.length] as number;
    for (const piece of reader.read(tar.subarray(at, at + size))) {
      const last = found.at(-1);
      if (piece.is === 'entry') found.push([piece.entry.name, piece.entry.type, '']);
      else if (piece.is === 'data' && last) last[2] += Buffer.from(piece.bytes).toString('latin1');
      else ended++;
    }
    at += size;
  }
  reader.finish();
  expect(ended).toBe(found.filter(([, type]) => type === 'file').length);
  return found;
}

describe('reading a tar', () => {
  const entries: readonly Entry[] = [
    { name: 'backup_label', bytes: Buffer.from('x'.repeat(511)) },
    { name: 'base/1/', type: 'directory' },
    { name: 'base/1/empty' },
    { name: 'base/1/block', bytes: Buffer.from('y'.repeat(512)) },
    { name: 'pg_tblspc/1', type: 'symlink' },
    { name: 'base/1/more', bytes: Buffer.from('z'.repeat(1400)) },
    { name: 'device', type: 'character-device' },
  ];
  const expected = entries.map(({ name, bytes, type = 'file' }) => [
    name,
    type === 'character-device' ? 'other' : type,
    bytes?.toString() ?? '',
  ]);

  test('gives the same whatever the sizes of the pieces', async () => {
    const tar = await tarOf(entries);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        expect(read(tar, sizes)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('one that ends without the empty blocks is whole, one that ends within something is not', async () => {
    const tar = await tarOf([{ name: 'a', bytes: Buffer.from('1234') }]);
    expect(read(tar.subarray(0, 1024), [1024])).toEqual([['a', 'file', '1234']]);
    for (const end of [1, 511, 513, 515, 1023]) expect(() => read(tar.subarray(0, end), [end])).toThrow(BadTar);
  });

  test('a header with any byte changed is refused', async () => {
    const tar = await tarOf([{ name: 'a', bytes: Buffer.from('1234') }]);
    for (const at of [0, 120, 124, 130, 148, 156, 400]) {
      const changed = Buffer.from(tar);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => read(changed, [9999]), `byte ${at}`).toThrow(BadTar);
    }
  });

  test('a size too large for digits is read, and one that no number holds is refused', () => {
    const header = (size: bigint): Buffer => {
      const block = Buffer.alloc(512);
      block.write('huge', 0);
      block[124] = 0x80;
      block.writeBigUInt64BE(size, 128);
      block.write('0', 156);
      block.fill(' ', 148, 156);
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return block;
    };
    const [piece] = [...new TarReader().read(header(9n << 30n))];
    expect(piece).toEqual({ is: 'entry', entry: { name: 'huge', type: 'file', size: 9 * 2 ** 30 } });
    expect(() => [...new TarReader().read(header(1n << 60n))]).toThrow(BadTar);
  });

  test('what is in a file can be passed over, and nothing else', async () => {
    const tar = await tarOf([{ name: 'a', bytes: Buffer.alloc(2000, 'a') }, { name: 'b' }]);
    const reader = new TarReader();
    expect(() => reader.pass(1)).toThrow(RangeError);
    expect([...reader.read(tar.subarray(0, 612))]).toHaveLength(2);
    expect(reader.left).toBe(1900);
    expect(() => reader.pass(1901)).toThrow(RangeError);
    reader.pass(1900);
    const rest = [...reader.read(tar.subarray(2512))];
    expect(rest.map(({ is }) => is)).toEqual(['end', 'entry', 'end']);
    reader.finish();
  });
});
