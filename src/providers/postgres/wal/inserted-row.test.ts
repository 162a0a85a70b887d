import { expect, test } from 'vitest';
import { insertedRow } from './inserted-row.ts';
import { blockReference, LogBuilder } from './log-builder.fake.ts';
import { readRecords } from './records.ts';

const COLUMNS = Buffer.from('the columns of a row');

async function rowsOf(references: Buffer, data: Buffer): Promise<(string | undefined)[]> {
  const main = Buffer.from([1, 0, 0]);
  const builder = new LogBuilder().add({ rmgr: 10, references, data, main });
  const rows: (string | undefined)[] = [];
  async function* source() {
    yield builder.stretch();
  }
  await readRecords(source(), (record) => {
    rows.push(insertedRow(record)?.toString('utf8'));
    return false;
  });
  return rows;
}

test('as data of the block: a short header, nulls, then the columns', async () => {
  const data = Buffer.concat([Buffer.from([0, 0, 0, 0, 24]), Buffer.alloc(1), COLUMNS]);
  expect(await rowsOf(blockReference(0, 1, { data: data.length }), data)).toEqual([COLUMNS.toString()]);
});

/** One row at the end of a page, and the free space before it left out. */
function image(): Buffer {
  const front = Buffer.alloc(28);
  front.writeUInt32LE((8192 - 44) | ((24 + COLUMNS.length) << 17), 24);
  const header = Buffer.alloc(24);
  header[22] = 24;
  return Buffer.concat([front, header, COLUMNS]);
}

function imageReference(info: number): Buffer {
  const reference = blockReference(0, 1, { image: { bytes: image().length, info } });
  reference.writeUInt16LE(28, 6);
  return reference;
}

test('as an image of the page with its hole', async () => {
  expect(await rowsOf(imageReference(0x01), image())).toEqual([COLUMNS.toString()]);
});

test('an image that is compressed shows nothing', async () => {
  expect(await rowsOf(imageReference(0x04), image())).toEqual([undefined]);
});
