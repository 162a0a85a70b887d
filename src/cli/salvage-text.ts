import type { SalvageConflict, SalvageResult } from '../usecases/salvage.ts';
import type { Paint } from './screen.ts';
import { table } from './table.ts';

/** Conflicts that are shown; the file has them all. */
const SHOWN = 10;

/** What became of the rows, by table, and what a person has to look at. */
export function salvageText(result: SalvageResult, paint: Paint): string {
  const { conflicts, conflicting, notes, conflicts_file: file } = result;
  const more =
    conflicting > Math.min(conflicts.length, SHOWN)
      ? [`  and ${conflicting - Math.min(conflicts.length, SHOWN)} more`]
      : [];
  return [
    headline(result, paint),
    '',
    table(
      [
        'TABLE',
        result.dry_run ? 'TO PUT BACK' : 'PUT BACK',
        result.dry_run ? 'TO SET BACK' : 'SET BACK',
        'THERE ALREADY',
        'CONFLICTS',
      ],
      result.tables.map((one) => [
        one.table,
        String(one.inserted),
        String(one.restored),
        String(one.already_there + one.unchanged),
        String(one.conflicting),
      ]),
    ),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `  ${note}`)] : []),
    ...(conflicting > 0 ? ['', paint.warn('Conflicts, which are left as they are:')] : []),
    ...conflicts.slice(0, SHOWN).map((one) => `  ${inWords(one)}`),
    ...more,
    ...(file === undefined ? [] : [`All of them: ${file}`]),
    ...next(result),
  ].join('\n');
}

function headline(
  { component, xid, committed_at: at, dry_run, inserted, restored, conflicting }: SalvageResult,
  paint: Paint,
): string {
  const what = `${inserted} lost and ${restored} changed rows of ${component}`;
  const whose = `of transaction ${xid}, committed at ${at}`;
  if (dry_run) return `${what} would be put back, ${whose}. Nothing was written.`;
  const mark = conflicting > 0 ? paint.warn('!') : paint.good('✔');
  return inserted + restored > 0
    ? `${mark} ${what} are back, ${whose}.`
    : `${mark} There was nothing to put back, ${whose}.`;
}

function inWords({ table: name, kind, row, rule, other }: SalvageConflict): string {
  const says: Readonly<Record<string, string>> = {
    taken: `${rule ?? 'a unique rule'}: its value is taken${other === undefined ? '' : ` by ${other}`}`,
    'no parent': `${rule ?? 'a foreign key'}: what it refers to is gone${other === undefined ? '' : ` (${other})`}`,
    'changed since': 'somebody has changed it since',
    'deleted since': 'somebody has deleted it since',
    'key changed': `other rows may refer to its new key${other === undefined ? '' : ` (${other})`}`,
    moved: 'the transaction put it into another partition: move it by hand',
  };
  return `${name} ${row}: ${says[kind] ?? kind}`;
}

function next({ dry_run, component, xid, inserted, restored }: SalvageResult): readonly string[] {
  if (!dry_run || inserted + restored === 0) return [];
  return [`To put them back: lifeboat salvage ${component} --xid ${xid}`];
}
