import { formatDuration } from '../../lib/duration.ts';
import { listPoints } from '../../usecases/list-points.ts';
import { defineCommand, optional } from '../define-command.ts';
import { table } from '../table.ts';

export const pointsCommand = defineCommand({
  name: 'points',
  summary: 'List every moment one can return to, and what choosing it would lose.',
  examples: ['lifeboat points', 'lifeboat points database --json'],
  args: { component: optional('The component. Default: all that have backups.') },
  flags: {},
  fails: ['USAGE', 'PLAN_INVALID', 'REPOSITORY_MISSING', 'OBJECT_DAMAGED'],
  run: ({ component }, services) => listPoints(component, services),
  print: ({ now, components }) =>
    components
      .map(({ component, points }) =>
        points.length === 0
          ? `${component}: no recovery point. Take one with: lifeboat backup ${component}`
          : [
              component,
              table(
                ['POINT', 'METHOD', 'FROM', 'TO', 'LOST IF CHOSEN', 'VERIFIED'],
                points.map((point) => [
                  point.id,
                  point.method,
                  point.from,
                  point.to,
                  formatDuration(Math.max(0, Date.parse(now) - Date.parse(point.to))),
                  point.verified.state === 'never' ? 'never' : `${point.verified.state} ${point.verified.at}`,
                ]),
              ),
              ...points.flatMap(({ id, gap }) => (gap === undefined ? [] : [`  ${id}: ${gap}`])),
            ].join('\n'),
      )
      .join('\n\n'),
});
