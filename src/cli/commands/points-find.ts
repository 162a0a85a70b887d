import { findInLog } from '../../usecases/find-in-log.ts';
import { defineCommand, needed, text, toggle } from '../define-command.ts';
import { foundText } from '../found-text.ts';

export const pointsFindCommand = defineCommand({
  name: 'points find',
  summary: 'Name the transactions that deleted, updated, truncated or dropped, from the log in the repository.',
  details:
    'The database may be down. Without --deleted, --updated, --truncated and --dropped, all of them are looked for. Each comes with the command that restores to just before it.',
  examples: [
    'lifeboat points find database --table companies --deleted',
    'lifeboat points find database --between 2026-01-14T03:00Z..2026-01-14T03:10Z',
    'lifeboat points find database --truncated --dropped --json',
  ],
  args: { component: needed('The component.') },
  flags: {
    table: text('NAME', 'Only this table, as table or schema.table.'),
    deleted: toggle('Rows that were deleted.'),
    updated: toggle('Rows that were updated.'),
    truncated: toggle('Tables that were emptied by TRUNCATE.'),
    dropped: toggle('Tables and databases that were dropped.'),
    by: text('XID', 'Only the transaction of this number.'),
    between: text('T1..T2', 'Only what committed between two moments with their time zones. One may be left out.'),
    'min-rows': text('N', 'Only transactions that touched so many rows of a table. Default 1.'),
  },
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'REPOSITORY_MISSING',
    'OBJECT_DAMAGED',
    'KEY_WRONG',
    'KEY_MISSING',
    'SECRET_MISSING',
    'LOG_GAP',
  ],
  run: ({ component, table, by, between, deleted, updated, truncated, dropped, ...rest }, services, screen) =>
    findInLog(
      {
        component,
        kinds: { deleted, updated, truncated, dropped },
        ...(table === undefined ? {} : { table }),
        ...(by === undefined ? {} : { by }),
        ...(between === undefined ? {} : { between }),
        ...(rest['min-rows'] === undefined ? {} : { minRows: rest['min-rows'] }),
        signal: screen.signal,
        log: screen.say,
      },
      services,
    ),
  print: foundText,
});
