/** What could hide or reorder text: control and format characters, but for the one that joins the parts of an emoji. */
const INVISIBLE = /(?![\t\n\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text as it may be shown: what nobody would see is shown as its number. Lines and tabs stay. */
export const visible = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(INVISIBLE, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
    .toWellFormed();

/** The same on one line. */
export const oneLine = (text: string): string => visible(text).replaceAll(/\s+/g, ' ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The one place where text becomes HTML, between tags and inside of quotes. */
export const escapeHtml = (text: string): string =>
  visible(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? '');

/** Addresses that a click may open. Anything else that looks like one is shown and not linked. */
export const isWeb = (address: string): boolean => /^https?:\/\/[^\s<>"'`\\]+$/i.test(visible(address));

/** A telephone number as a telephone takes it; undefined when it is none. */
export function dialled(number: string): string | undefined {
  const digits = number.replaceAll(/[\s().\-/]/g, '');
  return /^\+?\d{3,15}$/.test(digits) ? digits : undefined;
}

/** A mail address that may be opened; undefined when it is none. */
export const mailable = (address: string): string | undefined =>
  /^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/.test(address) ? address : undefined;
