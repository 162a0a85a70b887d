/** Castagnoli's polynomial, as PostgreSQL uses it for its log. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C over several runs of bytes, as if they were one. */
export function crc32c(...runs: readonly Uint8Array[]): number {
  let crc = -1;
  for (const bytes of runs) for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
