import { type Block, plain, type Section, type TableBlock } from './blocks.ts';
import type { Lines } from './lines.ts';
import { type Pair, pairsIn } from './pairs.ts';
import { isOpenPlace, nameFor, type Reading } from './reading.ts';
import { cellOf, columnOf, tablesOf, useRow } from './tables.ts';

const NAMES =
  'GDPR|UK GDPR|CCPA|LGPD|SOC ?[123](?: type (?:[12]|I{1,2}))?|PCI[ -]?DSS|HIPAA|HITRUST|SOX|ISO(?:\\/IEC)? ?(?:9001|20000|22301|27001|27017|27018|27701)(?::\\d{4})?|NIST [A-Z0-9.-]*\\d|NIST CSF|FedRAMP|FISMA|DORA|NIS ?2|FFIEC|FINRA|21 CFR Part 11|TISAX|BSI C5|CIS Controls';
/** A standard at the beginning, with the number of its paragraph: `SOC 2 A1.3`, `GDPR Art. 32`. */
const STANDARD = new RegExp(
  String.raw`^((?:${NAMES})(?![\w-])(?:\s*[,/&+]\s*(?:${NAMES})(?![\w-]))*(?:,? (?:§ ?|art(?:\.|icle) ?|req(?:\.|uirement) ?|control ?|annex )?(?:[A-Z]{1,3}[-.]?)?\d+(?:\.\d+)*(?:\([a-z0-9]+\))*(?![\w-]))?)`,
  'i',
);
const COMPLIANCE = /\b(compliance|regulat\w+|audit\w*|legal|standards|controls)\b/i;

/** What laws, standards and auditors ask for. */
export function findControls(reading: Reading, isProcedure: (section: Section) => boolean): void {
  const visit = (section: Section, inside: boolean): void => {
    const about = inside || COMPLIANCE.test(section.title);
    for (const table of tablesOf(section)) readTable(reading, table);
    if (!isProcedure(section)) readSection(reading, section, about);
    for (const child of section.sections) visit(child, about);
  };
  visit(reading.root, false);
  const names = reading.draft.keys(['controls']);
  if (names.length > 0)
    reading.ask(
      `What shows that ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} met: which drills, tasks or policies? Name them as \`evidence\`.`,
    );
}

function keep({ draft }: Reading, standard: string, requires: string, lines: Lines): void {
  const at = ['controls', nameFor(standard, draft.keys(['controls']))];
  draft.put([...at, 'standard'], standard, lines);
  draft.put([...at, 'requires'], requires, lines);
}

/** `| SOC 2 | Restores are tested every year |`. */
function readTable(reading: Reading, table: TableBlock): void {
  const standard = columnOf(
    table,
    /^(standards?|frameworks?|regulations?|laws?|compliance( standard)?|control( id)?|clause|reference)$/i,
  );
  const asks = columnOf(
    table,
    /^(what it )?(requires|asks)|requirements?\b|obligations?|description|control( objective)?$/i,
  );
  if (standard === undefined || asks === undefined || standard === asks) return;
  for (const row of table.rows) {
    const [name, requires] = [cellOf(row, standard), cellOf(row, asks)];
    if (name === undefined || requires === undefined || isOpenPlace(requires) || !STANDARD.test(name)) continue;
    keep(reading, name, requires, row.lines);
    useRow(reading, row, [standard, asks]);
  }
}

function readSection(reading: Reading, section: Section, about: boolean): void {
  const own = titleStandard(section.title, about);
  for (const block of section.blocks)
    for (const said of statementsIn(block)) {
      const text = plain(said.text);
      const stated = about || own !== undefined ? standardIn(text, said.pair) : undefined;
      const found = stated ?? (own === undefined || text === '' ? undefined : { standard: own, requires: text });
      if (!found || isOpenPlace(text)) continue;
      keep(reading, found.standard, found.requires, said.lines);
      if (said.whole) reading.use(said.lines);
    }
}

/** `GDPR`, `PCI DSS requirements`: all that stands below it is asked for by it. A title that says more is about something else. */
function titleStandard(title: string, about: boolean): string | undefined {
  const [standard] = STANDARD.exec(title) ?? [];
  const rest = standard === undefined ? '' : title.slice(standard.length);
  const isAll = /^\s*(\([^)]*\)|compliance|requirements?|controls?|obligations?|considerations|[\s:–-])*$/i.test(rest);
  return standard !== undefined && (isAll || about) ? standard : undefined;
}

interface Statement {
  readonly text: string;
  readonly lines: Lines;
  readonly pair: Pair | undefined;
  /** Whether the lines hold nothing else. */
  readonly whole: boolean;
}

/** Items and paragraphs; numbered lists are steps. */
function statementsIn(block: Block): readonly Statement[] {
  if (block.kind === 'text') {
    const pairs = pairsIn(block);
    const rows = block.text.split('\n');
    if (pairs.length === rows.length && rows.length > 1)
      return pairs.map((pair) => ({ text: `${pair.key}: ${pair.value}`, lines: pair.lines, pair, whole: true }));
    return [{ text: block.text, lines: block.lines, pair: pairs.length === 1 ? pairs[0] : undefined, whole: true }];
  }
  if (block.kind !== 'list' || block.ordered) return [];
  const pairs = pairsIn(block);
  return block.items.flatMap(({ blocks: [first, ...rest], lines }) =>
    first?.kind !== 'text'
      ? []
      : [
          {
            text: first.text.replace(/^\[[ xX]\]\s*/, ''),
            lines,
            pair: pairs.find((pair) => pair.lines.first === lines.first),
            whole: rest.length === 0,
          },
        ],
  );
}

/** `SOC 2: yearly tests`, `SOC 2 requires yearly tests`, `Yearly tests (SOC 2 A1.3)`. */
function standardIn(
  text: string,
  pair: Pair | undefined,
): { readonly standard: string; readonly requires: string } | undefined {
  if (pair && pair.value !== '' && STANDARD.test(pair.key)) return { standard: pair.key, requires: plain(pair.value) };
  const [standard] = STANDARD.exec(text) ?? [];
  const [, requires] =
    /^\s+(?:requires?|asks for|demands|mandates)\s+(?:that\s+)?(\S.*)$/i.exec(text.slice(standard?.length)) ?? [];
  if (standard !== undefined && requires !== undefined) return { standard, requires };
  const [whole, bracket = ''] = /\s*\(([^()]+(?:\([^()]*\))*)\)\.?$/.exec(text) ?? [];
  return whole !== undefined && STANDARD.exec(bracket)?.[0] === bracket
    ? { standard: bracket, requires: text.slice(0, -whole.length) }
    : undefined;
}
