import { type GaugeResult, gauge } from '../../usecases/gauge.ts';
import { listPoints, type PointsResult } from '../../usecases/list-points.ts';
import { defineCommand, optional, text, toggle } from '../define-command.ts';
import { gaugeText } from '../gauge-text.ts';
import { pointsText } from '../points-text.ts';

export const pointsCommand = defineCommand({
  name: 'points',
  summary: 'List every moment one can return to, and what choosing it would lose.',
  details:
    '--at counts in the log what was committed since that moment, so it needs the private key. --gauge asks the running server.',
  examples: [
    'lifeboat points',
    'lifeboat points database --json',
    'lifeboat points database --at 2026-01-14T03:05:00Z',
    'lifeboat points database --gauge',
  ],
  args: { component: optional('The component. Default: all that have backups.') },
  flags: {
    at: text('MOMENT', 'Say what going back to this moment would lose. With its time zone.'),
    gauge: toggle('Measure what would be lost if the server died now, against the RPO.'),
  },
  exits: [
    [0, 'The points, or a gauge within the RPO.'],
    [1, 'With --gauge: more would be lost than the RPO allows, or nobody can tell how much.'],
  ],
  fails: [
    'USAGE',
    'PLAN_INVALID',
    'REPOSITORY_MISSING',
    'OBJECT_DAMAGED',
    'POINT_NOT_FOUND',
    'LOG_GAP',
    'TARGET_UNREACHABLE',
    'TARGET_DENIED',
  ],
  run({ component, at, gauge: measure }, services, screen): Promise<PointsResult | GaugeResult> {
    if (measure) return gauge({ component, signal: screen.signal }, services);
    return listPoints({ component, at, signal: screen.signal, log: screen.say }, services);
  },
  print: (result, paint) => ('alarm' in result ? gaugeText(result, paint) : pointsText(result, paint)),
  exit: (result) => ('alarm' in result && result.alarm ? 1 : 0),
});
