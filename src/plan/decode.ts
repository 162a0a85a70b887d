import type { Finding } from '../model/finding.ts';

/** Far above any plan people can keep in their heads, and small enough to be read at once. */
const MAX_BYTES = 4_000_000;

type Decoded = { readonly text: string } | { readonly text?: undefined; readonly finding: Finding };

/** The text of a plan file, or the reason why it is none. */
export function decodePlan(file: string, raw: string | Uint8Array): Decoded {
  const refuse = (message: string, hint: string, line = 1): Decoded => ({
    finding: { rule: 'plan.syntax', level: 'error', at: { file, line, column: 1 }, message, hint },
  });
  const size = typeof raw === 'string' ? Buffer.byteLength(raw) : raw.byteLength;
  if (size > MAX_BYTES)
    return refuse(
      `the file is too large for a plan: ${Math.ceil(size / 1000)} kB`,
      `A plan has at most ${MAX_BYTES / 1000} kB. Is this the right file?`,
    );
  const text = (typeof raw === 'string' ? raw : new TextDecoder().decode(raw)).replace(/^\uFEFF/, '');
  const lineOf = (mark: string) => text.slice(0, text.indexOf(mark)).split('\n').length;
  if (text.includes('\u0000'))
    return refuse('the file is not text', 'It holds zero bytes. Save it as UTF-8.', lineOf('\u0000'));
  if (text.includes('\uFFFD'))
    return refuse(
      'the file is not UTF-8',
      'Save it as UTF-8. The line holds the first damaged letter.',
      lineOf('\uFFFD'),
    );
  if (text.trim() === '') return refuse('the file is empty', 'Begin with: lifeboat init');
  return { text };
}
