import { createHash } from 'node:crypto';

/** The manifest ends with `"Manifest-Checksum": "<64 hex>"}` and a newline; the checksum is over all lines before. */
const TAIL = 256;

/** Checks, while it passes, that a backup manifest is whole: its last line is a checksum over all before it. */
export class ManifestSeal {
  private readonly hash = createHash('sha256');
  private tail = Buffer.alloc(0);
  private begun = false;

  begin(): void {
    this.begun = true;
  }

  take(bytes: Buffer): void {
    if (!this.begun) return;
    const held = Buffer.concat([this.tail, bytes]);
    const free = Math.max(0, held.length - TAIL);
    this.hash.update(held.subarray(0, free));
    this.tail = held.subarray(free);
  }

  /** False as well when no manifest came at all. */
  holds(): boolean {
    const lastLine = this.tail.subarray(0, -1).lastIndexOf(0x0a) + 1;
    const said = /^"Manifest-Checksum": "([0-9a-f]{64})"\}\n$/.exec(this.tail.toString('utf8', lastLine));
    if (!said) return false;
    return this.hash.copy().update(this.tail.subarray(0, lastLine)).digest('hex') === said[1];
  }
}
