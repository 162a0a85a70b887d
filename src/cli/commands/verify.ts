import { KnownError } from '../../model/errors.ts';
import { type ScanLiveResult, scanLive } from '../../usecases/scan-live.ts';
import { type VerifyPointsResult, verifyPoints } from '../../usecases/verify-points.ts';
import { defineCommand, optional, text, toggle } from '../define-command.ts';
import { scanText, verifyText } from '../verify-text.ts';

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
    'lifeboat verify database --live',
  ],
  args: { component: optional('The component. Default: every PostgreSQL component that has backups.') },
  flags: {
    point: text('POINT', 'This recovery point or backup. Default: the one to restore the newest moment from.'),
    latest: toggle('The newest point: the default, written out.'),
    all: toggle('Every backup there is, one after the other.'),
    due: toggle('Only what is due by the plan (backups: verify: how: restore, every).'),
    live: toggle('Look for damage in the running server instead: it reads only, and rests as long as it works.'),
    within: text('TIME', 'With --live: how long it may take. Default: 10m.'),
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
    'TARGET_UNREACHABLE',
    'TARGET_DENIED',
  ],
  run(
    { component, point, latest, all, due, live, within },
    services,
    screen,
  ): Promise<VerifyPointsResult | ScanLiveResult> {
    const common = { component, signal: screen.signal, log: screen.say };
    const points = point !== undefined || latest || all || due;
    if (live && points)
      throw new KnownError('USAGE', '--live looks at the running server, not at a point', 'Give --live alone.');
    if (!live && within !== undefined)
      throw new KnownError('USAGE', '--within goes with --live', 'Give both, or none.');
    if (live) return scanLive({ ...common, within }, services);
    return verifyPoints({ ...common, point, latest, all, due }, services);
  },
  print: (result, paint) => ('live' in result ? scanText(result, paint) : verifyText(result, paint)),
  exit: ({ ok }) => (ok ? 0 : 1),
});
