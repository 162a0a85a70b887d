import { z } from 'zod';
import { RUN_STATUSES } from '../model/run.ts';

/** What one run of a scenario measured, as it is kept beside the plan: so the document says the same on every machine. */
export const Measurement = z.strictObject({
  run: z.string(),
  scenario: z.string(),
  environment: z.string(),
  ended_at: z.iso.datetime(),
  status: z.enum(RUN_STATUSES),
  rto_seconds: z.number().optional(),
  rto_met: z.boolean().optional(),
  rpo_seconds: z.number().optional(),
  rpo_met: z.boolean().optional(),
  lost: z.number().optional(),
});
export type Measurement = z.infer<typeof Measurement>;

/** The file of them. */
export const MeasurementRecord = z.strictObject({ lifeboat_measured: z.literal(1), runs: z.array(Measurement) });
export type MeasurementRecord = z.infer<typeof MeasurementRecord>;

/** Of each scenario and environment the newest run, and the newest that measured an RTO: one that failed must not hide it. Oldest first. */
export function newestOf(all: readonly Measurement[]): readonly Measurement[] {
  const kept = new Map<string, Measurement>();
  for (const one of [...all].sort(byEnd)) {
    const place = JSON.stringify([one.scenario, one.environment]);
    kept.set(place, one);
    if (one.rto_seconds !== undefined) kept.set(`${place} measured`, one);
  }
  return [...new Map([...kept.values()].map((one) => [one.run, one])).values()].sort(byEnd);
}

const byEnd = (a: Measurement, b: Measurement): number =>
  compare(a.ended_at, b.ended_at) || compare(a.scenario, b.scenario) || compare(a.run, b.run);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
