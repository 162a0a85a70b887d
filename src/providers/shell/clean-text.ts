/** A piece without line end is held back up to this length, so that a secret is seen whole. */
const LONGEST_PIECE = 64 * 1024;

/** Makes text of bytes as they come: without the given secrets, without what moves the cursor of a terminal. */
export interface Cleaner {
  push(bytes: Uint8Array): string;
  /** What was held back. */
  end(): string;
}

/** `secrets` are exact texts, each of which becomes `[redacted]`. */
export function cleaner(secrets: readonly string[]): Cleaner {
  const decoder = new TextDecoder('utf-8');
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  const longest = longestFirst[0]?.length ?? 0;
  const pattern = longest === 0 ? undefined : new RegExp(longestFirst.map(escaped).join('|'), 'g');
  const redact = (text: string): string => (pattern ? text.replace(pattern, '[redacted]') : text);
  let held = '';
  return {
    push(bytes) {
      held += decoder.decode(bytes, { stream: true });
      const lineEnd = held.lastIndexOf('\n') + 1;
      if (lineEnd > 0) return safe(redact(take(lineEnd)));
      if (held.length <= LONGEST_PIECE) return '';
      held = redact(held);
      return safe(take(Math.max(0, held.length - longest)));
    },
    end() {
      held += decoder.decode();
      return safe(redact(take(held.length)));
    },
  };

  function take(length: number): string {
    const taken = held.slice(0, length);
    held = held.slice(length);
    return taken;
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Colours and other orders to a terminal are dropped; any other control character is shown as one that cannot be shown. */
const safe = (text: string): string => text.replace(ORDERS, '').replace(CONTROLS, '\uFFFD');

const ESCAPE = String.fromCharCode(27);
const ORDERS = new RegExp(`${ESCAPE}\\[[0-9;?]*[ -/]*[@-~]`, 'g');
/** All but tab, line feed and carriage return. */
const CONTROLS = new RegExp(
  `[${[
    [0, 8],
    [11, 12],
    [14, 31],
    [127, 159],
  ]
    .map((range) => range.map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join('-'))
    .join('')}]`,
  'g',
);
