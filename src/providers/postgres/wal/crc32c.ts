/** Tables for eight bytes a step; Castagnoli's polynomial, as PostgreSQL uses it for its log. */
const TABLES = makeTables();

/** Goes on with a CRC-32C. Begin with `CRC_BEGIN` and end with `crcEnd`. */
export function crcOf(bytes: Uint8Array, from: number, to: number, crc: number): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as readonly [Table, Table, Table, Table, Table, Table, Table, Table];
  let at = from;
  let state = crc;
  for (; at + 8 <= to; at += 8) {
    state ^= at4(bytes, at);
    const high = at4(bytes, at + 4);
    state =
      entry(t7, state) ^
      entry(t6, state >>> 8) ^
      entry(t5, state >>> 16) ^
      entry(t4, state >>> 24) ^
      entry(t3, high) ^
      entry(t2, high >>> 8) ^
      entry(t1, high >>> 16) ^
      entry(t0, high >>> 24);
  }
  for (; at < to; at++) state = entry(t0, state ^ (bytes[at] as number)) ^ (state >>> 8);
  return state;
}

export const CRC_BEGIN = -1;
export const crcEnd = (crc: number): number => ~crc >>> 0;

type Table = Int32Array;

const entry = (table: Table, index: number): number => table[index & 0xff] as number;

const at4 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

function makeTables(): readonly Table[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    (tables[0] as Table)[byte] = crc;
  }
  for (let table = 1; table < 8; table++)
    for (let byte = 0; byte < 256; byte++) {
      const before = entry(tables[table - 1] as Table, byte);
      (tables[table] as Table)[byte] = entry(tables[0] as Table, before) ^ (before >>> 8);
    }
  return tables;
}
