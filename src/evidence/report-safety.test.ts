import { expect, test } from 'vitest';
import type { RunEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { renderHtml, renderMarkdown, reportData } from './report.ts';
import { begunRun, type Moment, sampleLines } from './sample-run.fake.ts';

test('tells on what a step rested, and who confirmed it', () => {
  const grounds = [
    { kind: 'proven', step: 'find', proofs: [{ claim: 'the rows are gone', held: true, observed: '0 rows' }] },
    { kind: 'proven', step: 'cable', by: 'ana', proofs: [{ claim: 'it is pulled', held: true, observed: '' }] },
    { kind: 'safety point', component: 'database', point: 'backup-7', at: '2026-01-14T03:01:00.000Z' },
  ];
  const moments = begunRun.map(
    ([at, by, event]): Moment => [
      at,
      by,
      event.type === 'step.started' && event.step === 'block' ? ({ ...event, grounds } as RunEvent) : event,
    ],
  );
  const word: Moment = [400, 'carla', { type: 'step.confirmed', step: 'block', reason: 'orders come in' }];
  const { events } = sampleLines([...moments, word]);
  const report = reportData(foldRun(events), events);
  const block = report.steps.find(({ id }) => id === 'block');
  expect(block?.grounds).toEqual([
    expect.stringMatching(/^find: proven again at \d\d:\d\d:\d\d UTC: the rows are gone \(0 rows\)$/),
    'cable: on the word of ana: it is pulled',
    'safety point of database: backup-7, of 2026-01-14T03:01:00.000Z',
  ]);
  expect(block?.confirmations).toMatchObject([{ by: 'carla', text: 'right: orders come in' }]);
  for (const text of [renderHtml(report), renderMarkdown(report)])
    for (const said of ['backup-7', 'orders come in', 'on the word of ana']) expect(text).toContain(said);
});
