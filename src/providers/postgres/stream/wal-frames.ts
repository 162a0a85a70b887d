/** Microseconds between 1970 and 2000, where PostgreSQL's time begins. */
const EPOCH_2000 = 946_684_800_000_000n;

/** What a server says while it streams its log. */
export type Frame =
  | { readonly kind: 'log'; readonly start: bigint; readonly serverPosition: bigint; readonly bytes: Buffer }
  | { readonly kind: 'keepalive'; readonly serverPosition: bigint; readonly wantsReply: boolean };

/** Throws a RangeError for a message the protocol does not have. `bytes` is a view of the message. */
export function readFrame(message: Buffer): Frame {
  const kind = String.fromCharCode(message[0] ?? 0);
  if (kind === 'w' && message.length >= 25)
    return {
      kind: 'log',
      start: message.readBigUInt64BE(1),
      serverPosition: message.readBigUInt64BE(9),
      bytes: message.subarray(25),
    };
  if (kind === 'k' && message.length >= 18)
    return { kind: 'keepalive', serverPosition: message.readBigUInt64BE(1), wantsReply: message[17] !== 0 };
  throw new RangeError(`unknown message of the log stream: ${kind}, ${message.length} bytes`);
}

/** Tells the server how far its log is written and durable; both are the same here. */
export function statusFrame(flushed: bigint, now: Date, wantsReply: boolean): Buffer {
  const message = Buffer.alloc(34);
  message.write('r', 0, 'latin1');
  message.writeBigUInt64BE(flushed, 1);
  message.writeBigUInt64BE(flushed, 9);
  message.writeBigUInt64BE(0n, 17); // nothing is replayed here
  message.writeBigInt64BE(BigInt(now.getTime()) * 1000n - EPOCH_2000, 25);
  message[33] = wantsReply ? 1 : 0;
  return message;
}
