import type { JsonObject } from '../lib/json.ts';
import { chainLines, NO_LINES } from '../model/journal-chain.ts';
import type { JournalEvent, RunEvent } from '../model/run.ts';

/** A moment in seconds after 03:00:00 UTC, who, and what. */
export type Moment = readonly [seconds: number, by: string, event: RunEvent];

/** The lines and events of a run in which these things happened. */
export function sampleLines(moments: readonly Moment[], run = 'run-1'): { lines: string[]; events: JournalEvent[] } {
  let head = NO_LINES;
  const lines: string[] = [];
  const events: JournalEvent[] = [];
  for (const [seconds, by, event] of moments)
    for (const next of chainLines(head, { run, at: sampleTime(seconds), by }, [event])) {
      lines.push(next.line);
      events.push(next.event);
      head = { seq: next.event.seq, hash: next.hash };
    }
  return { lines, events };
}

export const sampleTime = (seconds: number): string =>
  new Date(Date.parse('2026-01-14T03:00:00Z') + seconds * 1000).toISOString();

const OWNER = { host: 'db-admin-1', pid: 4711, startedAt: 'boot/99' };

/** A run of few bytes, for tests that try every one of them. */
export const smallRun: readonly Moment[] = [
  [
    0,
    'ana',
    {
      type: 'run.created',
      plan: { lifeboat: 1 },
      planHash: 'a1b2',
      planFile: 'lifeboat.yaml',
      scenario: 'deletion',
      environment: 'drill',
      inputs: {},
      version: '0.1.0',
    },
  ],
  [0, 'ana', { type: 'run.claimed', epoch: 1, owner: OWNER }],
  [1, 'ana', { type: 'step.started', step: 'find', attempt: 1, action: 'a.b', danger: 'read', input: { größe: 3 } }],
  [2, 'ana', { type: 'step.succeeded', step: 'find', how: 'ran', output: { rows: 3 }, proofs: [] }],
  [2, 'ana', { type: 'run.succeeded' }],
];

export const SAMPLE_PLAN: JsonObject = {
  lifeboat: 1,
  plan: { name: 'shop', title: 'Corner shop', owner: 'lead', version: '4' },
  scenarios: {
    deletion: {
      title: 'Rows were deleted by mistake',
      objectives: { rto: '30m', rpo: '0' },
      healthy: 'check',
      steps: [
        { id: 'find', title: 'Find what was deleted', uses: 'postgres.find_deletion', expect: '1m' },
        { id: 'block', title: 'Stop the one who deletes', uses: 'postgres.block_role' },
        { id: 'side', title: 'Restore beside production', uses: 'postgres.restore_side', expect: '10m' },
        { id: 'load', title: 'Put the rows back', uses: 'postgres.load_rows' },
        { id: 'check', title: 'Look whether all are there', uses: 'postgres.compare_ledger' },
        { id: 'tidy', uses: 'postgres.unblock_role' },
      ],
    },
  },
};

const created: RunEvent = {
  type: 'run.created',
  plan: SAMPLE_PLAN,
  planHash: '5f3c'.repeat(16),
  planFile: 'lifeboat.yaml',
  scenario: 'deletion',
  environment: 'production',
  inputs: { role: 'analyst' },
  version: '0.1.0',
};

const PREVIEW = { danger: 'change', changes: ['role analyst cannot log in', '2 sessions of analyst end'] } as const;
const loaded = {
  inserted: 1204,
  already_there: 3,
  tables: [
    { table: 'companies', rows: 40 },
    { table: 'filings', rows: 1164 },
  ],
};
const ledger = { acknowledged: 48213, found: 48213, lost: 0, lost_ids: [], loss_seconds: 0 };
const obligation = { id: 'role:analyst', what: 'Role analyst is blocked' };

const started = (step: string, action: string, danger: 'read' | 'add' | 'change', attempt = 1): RunEvent => ({
  type: 'step.started',
  step,
  attempt,
  action,
  danger,
  input: { component: 'database' },
});
const succeeded = (step: string, output: JsonObject, claim: string, observed: string): RunEvent => ({
  type: 'step.succeeded',
  step,
  how: 'ran',
  output,
  proofs: [{ claim, held: true, observed }],
});

/** Up to the moment at which the deleted rows are being put back. */
export const begunRun: readonly Moment[] = [
  [0, 'ana', created],
  [0, 'ana', { type: 'run.claimed', epoch: 1, owner: OWNER }],
  [1, 'ana', started('find', 'postgres.find_deletion', 'read')],
  [4.2, 'ana', succeeded('find', { xid: 771, rows: 1207 }, 'one transaction deleted the rows', 'xid 771, 1207 rows')],
  [4.3, 'ana', { type: 'run.impact', impactAt: sampleTime(-312), source: 'found by step find' }],
  [
    5,
    'ana',
    {
      type: 'step.waiting',
      step: 'block',
      waitsFor: { kind: 'approval', role: 'lead', count: 1, hash: 'h1', preview: PREVIEW },
    },
  ],
  [192, 'carla', { type: 'step.approved', step: 'block', hash: 'h1', reason: 'I see it, too' }],
  [192.4, 'ana', started('block', 'postgres.block_role', 'change')],
  [192.5, 'ana', { type: 'obligation.opened', step: 'block', obligation }],
  [
    193,
    'ana',
    succeeded('block', { role: 'analyst', sessions_ended: 2 }, 'analyst cannot log in', 'NOLOGIN, 0 sessions'),
  ],
  [193.1, 'ana', started('side', 'postgres.restore_side', 'add')],
  [
    230,
    'ana',
    {
      type: 'step.retrying',
      step: 'side',
      attempt: 1,
      error: { code: 'TARGET_UNREACHABLE', message: 'the repository does not answer', hint: 'Wait.' },
      notBefore: sampleTime(235),
    },
  ],
  [235, 'ana', started('side', 'postgres.restore_side', 'add', 2)],
  [529, 'ana', succeeded('side', { instance: 'side-7' }, 'paused just before the deletion', '0/5A11C30')],
];

/** A recovery that went well. */
export const goodRun: readonly Moment[] = [
  ...begunRun,
  [530, 'ana', started('load', 'postgres.load_rows', 'change')],
  [533, 'ana', succeeded('load', loaded, 'all 1207 rows are there', '1207 of 1207')],
  [534, 'ana', started('check', 'postgres.compare_ledger', 'read')],
  [541, 'ana', succeeded('check', ledger, 'every acknowledged write is there', '48213 of 48213')],
  [541, 'ana', { type: 'run.healthy', step: 'check' }],
  [542, 'ana', started('tidy', 'postgres.unblock_role', 'change')],
  [543, 'ana', { type: 'obligation.settled', step: 'tidy', id: 'role:analyst' }],
  [543, 'ana', succeeded('tidy', { role: 'analyst' }, 'analyst can log in', 'LOGIN')],
  [544, 'ana', { type: 'run.succeeded' }],
];

/** One that failed and left a role blocked. */
export const failedRun: readonly Moment[] = [
  ...begunRun,
  [530, 'ana', started('load', 'postgres.load_rows', 'change')],
  [
    533,
    'ana',
    {
      type: 'step.failed',
      step: 'load',
      error: { code: 'VERIFICATION_FAILED', message: '7 rows are not there', hint: 'Look at the table filings.' },
      proofs: [{ claim: 'all 1207 rows are there', held: false, observed: '1200 of 1207' }],
    },
  ],
  [
    533,
    'ana',
    { type: 'run.failed', error: { code: 'STEP_FAILED', message: 'step load failed', hint: 'See step load.' } },
  ],
];
