/** A position in PostgreSQL's write-ahead log, as PostgreSQL writes it: two hexadecimal halves, `16/B374D848`. */
export function formatLsn(position: bigint): string {
  return `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** Throws a RangeError when the text is not a position. */
export function parseLsn(text: string): bigint {
  const halves = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (!halves) throw new RangeError(`not a write-ahead log position: ${text}`);
  return (BigInt(`0x${halves[1]}`) << 32n) | BigInt(`0x${halves[2]}`);
}
