import { expect, test } from 'vitest';
import { type Measurement, newestOf } from './measurement.ts';

const run = (name: string, day: string, more: Partial<Measurement> = {}): Measurement => ({
  run: name,
  scenario: 'fire',
  environment: 'drill',
  ended_at: `2026-11-${day}T10:00:00.000Z`,
  status: 'succeeded',
  rto_seconds: 60,
  ...more,
});
const names = (all: readonly Measurement[]) => newestOf(all).map((one) => one.run);

test('the newest of each scenario and environment is kept, oldest first', () =>
  expect(
    names([
      run('b', '04'),
      run('a', '02'),
      run('c', '03', { scenario: 'flood' }),
      run('d', '01', { environment: 'production' }),
    ]),
  ).toEqual(['d', 'c', 'b']));

test('a run that measured nothing does not hide the one that did', () => {
  const failed: Measurement = { ...run('failed', '09'), status: 'failed' };
  const { rto_seconds: _, ...unmeasured } = failed;
  expect(names([run('old', '01'), run('measured', '05'), unmeasured])).toEqual(['measured', 'failed']);
});

test('the order in which they come does not matter', () => {
  const all = [run('a', '01'), run('b', '02'), run('c', '02', { scenario: 'flood' })];
  expect(newestOf([...all].reverse())).toEqual(newestOf(all));
});
