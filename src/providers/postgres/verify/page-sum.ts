/** The size PostgreSQL is built with everywhere; the checksum below is defined for it. */
export const PAGE_BYTES = 8192;

const LANES = 32;
const PRIME = 16777619;
const WORDS = PAGE_BYTES / 4;

/** Where the checksum of a page stands in its header, and where its free space ends: 0 there means that the page was never used. */
const SUM_AT = 8;
const UPPER_AT = 14;

/** Start values of the lanes, fixed by PostgreSQL's format on disk. */
// biome-ignore format: a table of numbers
const START = Int32Array.from([
  0x5b1f36e9, 0xb8525960, 0x02ab50aa, 0x1de66d2a, 0x79ff467a, 0x9bb9f8a3, 0x217e7cd2, 0x83e13d2c,
  0xf8d4474f, 0xe39eb970, 0x42c6ae16, 0x993216fa, 0x7b093b5d, 0x98daff3c, 0xf718902a, 0x0b1c9cdb,
  0xe58f764b, 0x187636bc, 0x5d7b3bb1, 0xe73de7de, 0x92bec979, 0xcca6c0b2, 0x304a0979, 0x85aa43d4,
  0x783125bb, 0x6ca8eaa2, 0xe407eac6, 0x4b5cfc3e, 0x9fbf8c76, 0x15ca20be, 0xf2ca9fd3, 0x959bd756,
]);

const lanes = new Int32Array(LANES);

/** The checksum PostgreSQL would write into this page. `page` holds exactly one page and is left as it was. */
export function pageSum(page: Buffer, block: number): number {
  const words = new Int32Array(page.buffer, page.byteOffset, WORDS);
  const header = words[SUM_AT / 4] as number;
  words[SUM_AT / 4] = header & 0xffff0000; // the sum itself counts as zero
  lanes.set(START);
  for (let at = 0; at < WORDS; at += LANES)
    for (let lane = 0; lane < LANES; lane++) mix(lane, words[at + lane] as number);
  words[SUM_AT / 4] = header;
  for (let round = 0; round < 2; round++) for (let lane = 0; lane < LANES; lane++) mix(lane, 0);
  let sum = 0;
  for (let lane = 0; lane < LANES; lane++) sum ^= lanes[lane] as number;
  return (((sum ^ block) >>> 0) % 0xffff) + 1;
}

function mix(lane: number, word: number): void {
  const mixed = (lanes[lane] as number) ^ word;
  lanes[lane] = Math.imul(mixed, PRIME) ^ (mixed >>> 17);
}

/** Whether a page is as it was written. One that was never used has no checksum. */
export function isPageSound(page: Buffer, block: number): boolean {
  if (page.readUInt16LE(UPPER_AT) === 0) return page.every((byte) => byte === 0);
  return page.readUInt16LE(SUM_AT) === pageSum(page, block);
}
