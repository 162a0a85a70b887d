import { z } from 'zod';
import { NEWEST_RUNS, type StepSample } from '../model/measured.ts';
import { RUN_STATUSES } from '../model/run.ts';

/** How long one step took in one run: see model/step-lengths.ts. */
const StepLength = z.strictObject({
  step: z.string(),
  hash: z.string(),
  seconds: z.number().min(0),
  wait_seconds: z.number().min(0),
  attempts: z.number().int().min(0),
  bytes: z.number().min(0).optional(),
});

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
  detect_seconds: z.number().optional(),
  detect_met: z.boolean().optional(),
  human_wait_seconds: z.number().optional(),
  plan_hash: z.string().optional(),
  steps: z.array(StepLength).optional(),
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

/** What is kept on record: those, and of each scenario and environment the newest that measured steps. Oldest first. */
export function keptOf(all: readonly Measurement[]): readonly Measurement[] {
  const kept = new Set(newestOf(all));
  const counted = new Map<string, number>();
  for (const one of [...all].sort(byEnd).reverse()) {
    if ((one.steps ?? []).length === 0) continue;
    const place = JSON.stringify([one.scenario, one.environment]);
    const before = counted.get(place) ?? 0;
    counted.set(place, before + 1);
    if (before < NEWEST_RUNS) kept.add(one);
  }
  return [...new Map([...kept].map((one) => [one.run, one])).values()].sort(byEnd);
}

/** Every length of a step on record. */
export const samplesIn = (runs: readonly Measurement[]): readonly StepSample[] =>
  runs.flatMap(({ run, scenario, environment, ended_at, steps = [] }) =>
    steps.map(({ step, hash, seconds }) => ({ run, scenario, environment, ended_at, step, hash, seconds })),
  );

const byEnd = (a: Measurement, b: Measurement): number =>
  compare(a.ended_at, b.ended_at) || compare(a.scenario, b.scenario) || compare(a.run, b.run);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
