import type { PlanPath } from '../../model/finding.ts';
import { encryptionIn, storageIn, verificationIn } from './backup-words.ts';
import { type ListItem, plain } from './blocks.ts';
import { componentFor } from './find-components.ts';
import { domainsIn } from './find-domains.ts';
import type { Lines } from './lines.ts';
import { durationIn } from './read-values.ts';
import type { Reading } from './reading.ts';

/** Where the copies of a policy live, as far as words say it: `S3 us-west-2, GLACIER, encrypted`. */
export function copiesOf(reading: Reading, at: PlanPath, text: string, lines: Lines): void {
  const places = domainsIn(reading, text).filter(
    (name) => !name.includes('account-') || domainsIn(reading, text).length === 1,
  );
  const [storage, encrypted] = [storageIn(text), encryptionIn(text)];
  const target = /(?:→|->|=>|\bto\b)\s*(.*)$/i.exec(text)?.[1];
  const reached = target === undefined ? [] : domainsIn(reading, target);
  for (const [index, domain] of (reached.length > 0 ? reached : places).entries()) {
    const copy = [...at, 'copies', index];
    reading.draft.put([...copy, 'domain'], domain, lines);
    if (storage !== undefined) reading.draft.put([...copy, 'storage'], storage, lines);
    if (encrypted !== undefined) reading.draft.put([...copy, 'encrypted'], encrypted, lines);
    const immutable = immutableIn(text);
    if (immutable !== undefined) reading.draft.put([...copy, 'immutable'], immutable, lines);
  }
  if (places.length === 0 && (storage !== undefined || encrypted !== undefined || /cross-region|off-?site/i.test(text)))
    reading.ask(`Where do these copies live? The document says: ${text.slice(0, 120)}`, lines);
}

/** `object lock 30 days`, `immutable for 14 days`. */
function immutableIn(text: string): string | undefined {
  const [, time] = /\b(?:object lock|immutab\w*|worm|write-once)\b[^\d;]{0,20}(\d+ ?[a-z]+)/i.exec(text) ?? [];
  return time === undefined ? undefined : durationIn(time);
}

/** `Weekly restore to staging` proves the copies of what the section is about. */
export function keepVerification(reading: Reading, title: string, { blocks, lines }: ListItem): void {
  const [first] = blocks;
  const text = first?.kind === 'text' ? plain(first.text) : '';
  const found = verificationIn(text);
  const component = found && componentFor(reading, title, lines);
  if (!found || component === undefined) return;
  const policies = reading.draft.count(['components', component, 'backups']);
  for (let index = 0; index < policies; index++) {
    const at = ['components', component, 'backups', index, 'verify'];
    const place = [...at, reading.draft.count(at)];
    reading.draft.put([...place, 'how'], found.how, lines);
    if (found.every !== undefined) reading.draft.put([...place, 'every'], found.every, lines);
    if (found.into === undefined) continue;
    reading.draft.put([...place, 'into'], found.into, lines);
    reading.draft.put(['environments', found.into, 'protected'], true);
  }
}
