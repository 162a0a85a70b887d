/**
 * Makes what is no shell look like shell of the same length, so that offsets stay: `${{ expression }}` of a plan becomes a variable, and a
 * blank such as `<node-name>` becomes a word instead of two redirections.
 */
export const masked = (text: string): string =>
  text
    .replaceAll(/\$\{\{.*?\}\}/gs, (expression) => `\${${'E'.repeat(expression.length - 3)}}`)
    .replaceAll(BLANK, (blank) => `_${blank.slice(1, -1).replaceAll(/[^\w.:/-]/g, '_')}_`);

/** The blanks of a text that a person has to fill in, e.g. `<node-name>`. */
export const blanksIn = (text: string): readonly { readonly text: string; readonly at: number }[] =>
  [...text.matchAll(BLANK)]
    .filter(([blank]) => !MARKUP.test(blank))
    .map((match) => ({ text: match[0], at: match.index }));

/** Between angle brackets, and not a here-document, a process substitution or two redirections: nothing follows that could be a file. */
const BLANK = /(?<![<a-z0-9])<[a-z][\w .:/-]*>(?=$|[\s"'/.:@,;)_-])(?!\s*["']?[/\w$][/\w"'$]*\s*$)/gim;

/** Elements of HTML, as a message may hold them. */
const MARKUP = /^<(a|b|i|p|u|br|div|span|code|pre|em|strong|h[1-6]|html|head|body|ul|ol|li|table|tr|td|th|title)[ >]/i;
