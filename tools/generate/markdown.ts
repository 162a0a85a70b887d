/** Says at the head of a page that it is made, so that nobody edits it. */
export const madeFrom = (source: string): string => `<!-- Made from ${source} by npm run generate. Do not edit. -->`;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

export const page = (blocks: readonly string[]): string => `${blocks.join('\n\n')}\n`;

export const code = (text: string, language = ''): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
