import { ERRORS } from '../../model/errors.ts';
import { type SalvageQuestion, type SalvageResult, salvage } from '../../usecases/salvage.ts';
import { defineCommand, needed, text, toggle } from '../define-command.ts';
import { salvageText } from '../salvage-text.ts';
import type { Screen } from '../screen.ts';

export const salvageCommand = defineCommand({
  name: 'salvage',
  summary: 'Put back the rows that one transaction deleted or changed, and leave all later writes as they are.',
  details:
    'A second server is restored beside production to just before the transaction, the rows are taken out of it, and it is removed.\n' +
    'A row that exists again or was changed since is left as it is; it is a conflict, and told. Tables that were truncated or dropped come back whole.\n' +
    'In a protected environment its name is typed before anything is written; without a terminal with --environment.\n' +
    'Cut off at any moment, the same command goes on. Twice is once.',
  examples: [
    'lifeboat salvage database --xid 8841 --dry-run',
    'lifeboat salvage database --xid 8841',
    'lifeboat salvage database --xid 8841 --environment production --json',
  ],
  args: { component: needed('The component: a PostgreSQL database.') },
  flags: {
    xid: text('NUMBER', 'The transaction, as points find names it. Without it: the one large deletion there is.'),
    within: text('TIME', 'How far back to look, e.g. 3d. Default 24h.'),
    'dry-run': toggle('Only say what would be put back, by table. Nothing is written to the database.'),
    triggers: text('MODE', 'quiet: triggers are not set off by rows that are put back. fire: they are. Default quiet.'),
    conflicts: text('FILE', 'Where conflicts are written. Default: a file in the state folder.'),
  },
  exits: [[ERRORS.VERIFICATION_FAILED.exit, 'Some rows are not back: there are conflicts.']],
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'REPOSITORY_MISSING',
    'OBJECT_DAMAGED',
    'KEY_WRONG',
    'KEY_MISSING',
    'SECRET_MISSING',
    'POINT_NOT_FOUND',
    'LOG_GAP',
    'BINARY_MISSING',
    'DISK_FULL',
    'TARGET_UNREACHABLE',
    'TARGET_DENIED',
    'TARGET_FAILED',
    'TARGET_AMBIGUOUS',
    'TIMED_OUT',
    'VERIFICATION_FAILED',
  ],
  run({ component, xid, within, triggers, conflicts, ...rest }, services, screen): Promise<SalvageResult> {
    const { ask } = screen;
    return salvage(
      {
        component,
        dryRun: rest['dry-run'],
        ...(xid === undefined ? {} : { xid }),
        ...(within === undefined ? {} : { within }),
        ...(triggers === undefined ? {} : { triggers }),
        ...(conflicts === undefined ? {} : { conflicts }),
        ...(ask ? { askForName: askForName(screen, ask) } : {}),
        signal: screen.signal,
        log: screen.say,
      },
      services,
    );
  },
  print: salvageText,
  exit: ({ dry_run, conflicting }) => (!dry_run && conflicting > 0 ? ERRORS.VERIFICATION_FAILED.exit : 0),
});

const askForName =
  (screen: Screen, ask: NonNullable<Screen['ask']>) =>
  ({ environment, rows, tables }: SalvageQuestion): Promise<string | undefined> => {
    screen.say(
      screen.paint.warn(`${rows} rows are written to ${tables.join(', ')} in ${environment}, which is protected.`),
    );
    return ask(`Type ${environment} to put them back: `, screen.signal);
  };
