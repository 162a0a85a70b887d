import { type VerifyPointsResult, verifyPoints } from '../../usecases/verify-points.ts';
import { defineCommand, optional, text, toggle } from '../define-command.ts';
import { verifyText } from '../verify-text.ts';

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Prove recovery points by restoring them into an instance that is thrown away.',
  details:
    'Content is compared with what was counted when the backup was taken; pages, tables, indexes and foreign keys are checked, and the questions of the plan are put. What could not be looked at is said and never counts as good. For a timer: lifeboat verify --due',
  examples: [
    'lifeboat verify',
    'lifeboat verify database --point base-20260114-030512-9f3c21',
    'lifeboat verify database --all',
    'lifeboat verify --due',
  ],
  args: { component: optional('The component. Default: every PostgreSQL component that has backups.') },
  flags: {
    point: text('POINT', 'This recovery point or backup. Default: the one to restore the newest moment from.'),
    latest: toggle('The newest point: the default, written out.'),
    all: toggle('Every base backup there is.'),
    due: toggle('Only what is due by the plan (backups: verify: how: restore, every).'),
  },
  exits: [
    [0, 'All that was verified is good, and nothing is overdue.'],
    [1, 'Something is not good, or a component is overdue.'],
  ],
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'REPOSITORY_MISSING',
    'OBJECT_DAMAGED',
    'POINT_NOT_FOUND',
    'KEY_MISSING',
    'KEY_WRONG',
    'BINARY_MISSING',
    'DISK_FULL',
    'RUN_LOCKED',
  ],
  run: ({ component, point, latest, all, due }, services, screen): Promise<VerifyPointsResult> =>
    verifyPoints({ component, point, latest, all, due, signal: screen.signal, log: screen.say }, services),
  print: verifyText,
  exit: ({ ok }) => (ok ? 0 : 1),
});
