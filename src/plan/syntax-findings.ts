import { type Document, isMap, isScalar, visit, type YAMLError } from 'yaml';
import type { Finding, Place } from '../model/finding.ts';

/** What the YAML library objects to, in plain words. */
export function syntaxFindings(document: Document.Parsed, placeAt: (offset: number) => Place): Finding[] {
  const errors = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  const first = [...errors].sort((a, b) => rank(a) - rank(b) || a.pos[0] - b.pos[0])[0] ?? document.warnings[0];
  if (first?.code === 'RESOURCE_EXHAUSTION') return [formFinding(first, placeAt)];
  // What follows the first fault of form is mostly its echo; duplicate keys are independent of each other.
  return [...(first ? [formFinding(first, placeAt)] : []), ...duplicateFindings(document, placeAt)];
}

const rank = (error: YAMLError): number => (error.code === 'RESOURCE_EXHAUSTION' ? 0 : 1);

function formFinding(error: YAMLError, placeAt: (offset: number) => Place): Finding {
  const [message, hint] = WORDS[error.code] ?? [
    `this is not YAML: ${error.message}`,
    'Look at this line and the one above it.',
  ];
  return { rule: 'plan.syntax', level: 'error', at: placeAt(error.pos[0]), message, hint };
}

const QUOTE = 'Put the text in quotes.';

const WORDS: Partial<Record<YAMLError['code'], readonly [message: string, hint: string]>> = {
  BAD_ALIAS: ['a * refers to an anchor that is not there', `${QUOTE} A text that begins with * is taken for an alias.`],
  BAD_INDENT: [
    'this line is not indented like its neighbours',
    'Fields of one map begin in the same column; use spaces.',
  ],
  BAD_SCALAR_START: ['a text may not begin with this character', QUOTE],
  BLOCK_AS_IMPLICIT_KEY: [
    'there is a second colon in this line',
    'Put the text in quotes, or begin a new line for the inner field.',
  ],
  MISSING_CHAR: ['a quotation mark or bracket is not closed', 'Close it; the fault may be in a line above.'],
  MULTILINE_IMPLICIT_KEY: ['this line has no colon', 'A field is written name: value.'],
  MULTIPLE_DOCS: [
    'the file holds more than one document',
    'Keep one plan in one file: remove the line --- and what follows.',
  ],
  NON_STRING_KEY: ['the name of a field must be a text', 'Write a plain name before the colon.'],
  RESOURCE_EXHAUSTION: ['the file is nested too deeply', 'A plan needs about ten levels. Is this the right file?'],
  TAB_AS_INDENT: ['the line is indented with a tab', 'Indent with spaces.'],
  TAG_RESOLVE_FAILED: ['this YAML tag (!…) is not known', 'A plan needs no tags. Put the text in quotes.'],
  UNEXPECTED_TOKEN: ['this does not belong here', 'A text with { } [ ] or ${{ }} inside { } must be in quotes.'],
};

function duplicateFindings(document: Document.Parsed, placeAt: (offset: number) => Place): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, number>();
      for (const { key } of isMap(map) ? map.items : []) {
        if (!isScalar(key) || !key.range) continue;
        const name = String(key.value);
        const before = seen.get(name);
        if (before === undefined) seen.set(name, key.range[0]);
        else findings.push(duplicate(name, placeAt(key.range[0]), placeAt(before)));
      }
    },
  });
  return findings;
}

const duplicate = (name: string, at: Place, before: Place): Finding => ({
  rule: 'plan.duplicate',
  level: 'error',
  at,
  message: `"${name}" stands here for the second time`,
  hint: `It stands in line ${before.line} already. Keep one of them.`,
  related: [{ at: before, message: 'the first one' }],
});
