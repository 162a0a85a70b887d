import { escapeHtml } from '../lib/shown-text.ts';

/** A piece of HTML that is safe to show: made by `html` and by nothing else. */
export type Markup = { readonly markup: string };

type Part = string | number | undefined | Markup | readonly Markup[];

/** HTML with values put in. Text is escaped, always; only other `html` goes in as it is. */
export const html = (texts: TemplateStringsArray, ...values: readonly Part[]): Markup => ({
  markup: texts.map((text, index) => text + inserted(values[index])).join(''),
});

function inserted(value: Part): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}
