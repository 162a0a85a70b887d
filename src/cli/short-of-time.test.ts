import { expect, test } from 'vitest';
import { RUN, rig, start, step } from '../engine/testing/rig.ts';
import type { Services } from '../usecases/services.ts';
import { runView } from './run-view.ts';
import { plainPaint, type Screen } from './screen.ts';

test('lines without a block say once that most of the time of the run is gone', async () => {
  const at = rig();
  const lines: string[] = [];
  const signal = new AbortController().signal;
  const screen = { say: (line: string) => void lines.push(line), paint: plainPaint, signal } as unknown as Screen;
  const view = runView(screen, { clock: at.clock, actions: new Map() } as unknown as Services);
  const hold = { id: 'hold', uses: 'time.wait', with: { for: '9s' } };
  await start([hold, step('one'), step('last')], at.ports({ watch: view.watch }), { deadline: '10s' });
  view.close();
  expect((await at.journal.events(RUN)).at(-1)?.type).toBe('run.succeeded');
  const warned = lines.filter((line) => line.includes('may take 10s in all'));
  expect(warned).toHaveLength(1);
});
