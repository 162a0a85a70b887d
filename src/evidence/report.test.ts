import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../lib/json.ts';
import { sha256Hex } from '../model/journal-chain.ts';
import type { JournalEvent, RunEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { safe } from './render-markdown.ts';
import { type ReportData, renderHtml, renderMarkdown, reportData } from './report.ts';
import { begunRun, failedRun, goodRun, type Moment, SAMPLE_PLAN, sampleLines, smallRun } from './sample-run.fake.ts';

const reportOf = (moments: readonly Moment[]): ReportData => {
  const { events } = sampleLines(moments);
  return reportData(foldRun(events), events);
};

/** A run whose events of one type are changed. */
function changed(moments: readonly Moment[], type: RunEvent['type'], change: object): readonly Moment[] {
  return moments.map(([at, by, event]) => [
    at,
    by,
    event.type === type ? ({ ...event, ...change } as RunEvent) : event,
  ]);
}
const withObjectives = (objectives: JsonObject) =>
  changed(goodRun, 'run.created', {
    plan: {
      ...SAMPLE_PLAN,
      scenarios: { deletion: { ...(SAMPLE_PLAN.scenarios as { deletion: JsonObject }).deletion, objectives } },
    },
  });
/** The run with other numbers from the comparison with the ledger. */
const withLedger = (output: JsonObject, moments = goodRun): readonly Moment[] =>
  moments.map(([at, by, event]) => [
    at,
    by,
    event.type === 'step.succeeded' && event.step === 'check' ? { ...event, output } : event,
  ]);

const ADOPTED = {
  epoch: 3,
  owner: { host: 'tablet', pid: 2, startedAt: 's' },
  claimedAt: '2026-01-14T03:10:00.000Z',
  lastSeq: 9,
  lastSign: '2026-01-14T03:00:00.000Z',
  repository: '/mnt/backups',
};

describe('the verdict comes first', () => {
  test('of a recovery that kept its promises', () => {
    const { verdict, rto, rpo } = reportOf(goodRun);
    expect(verdict).toEqual({
      tone: 'good',
      word: 'Recovered',
      sentence:
        'The service was healthy again 14m 13s after the damage, within the 30m that were promised. No acknowledged write was lost (48213 looked up).',
      notes: [],
    });
    expect(rto).toEqual({ promised: 1800, measured: 853, met: true });
    expect(rpo).toEqual({ promised: 0, measured: 0, met: true });
  });

  test.each<[string, JsonObject, number | undefined]>([
    ['a range', { rto: '15m..30m', rpo: '0' }, 1800],
    ['two phases', { rto: { first: 'immediate', full: '2h' }, rpo: '0' }, 7200],
    ['nothing that can be measured', { rto: 'varies', rpo: '0' }, undefined],
    ['nothing', { rpo: '0' }, undefined],
  ])('of %s that was promised, what must hold is compared', (_, objectives, promised) =>
    expect(reportOf(withObjectives(objectives)).rto.promised).toBe(promised),
  );

  test('of one that was too slow', () => {
    const { verdict, rto } = reportOf(withObjectives({ rto: '10m', rpo: '0' }));
    expect(rto.met).toBe(false);
    expect(verdict).toMatchObject({ tone: 'bad', word: 'Recovered, but not as promised' });
    expect(verdict.sentence).toContain('4m 13s later than the 10m that were promised');
  });

  test('of one that lost data', () => {
    const { verdict, rpo } = reportOf(withLedger({ acknowledged: 500, lost: 12, loss_seconds: 1.5 }));
    expect(rpo).toEqual({ promised: 0, measured: 1.5, met: false });
    expect(verdict.tone).toBe('bad');
    expect(verdict.sentence).toContain('12 of 500 acknowledged writes were lost, the last 1.5s before the damage.');
  });

  test('of one that lost data within a span so short that it counts as nothing', () => {
    expect(reportOf(withLedger({ acknowledged: 500, lost: 1, loss_seconds: 0 })).rpo.met).toBe(false);
  });

  test('of one that failed, with what it left behind', () => {
    const { verdict, rto, steps } = reportOf(failedRun);
    expect(verdict).toEqual({
      tone: 'bad',
      word: 'Not recovered',
      sentence: 'The recovery failed: step load failed. The service was not seen healthy.',
      notes: [
        'Still to be put back: Role analyst is blocked (by step block).',
        'A proof of step load did not hold: all 1207 rows are there; seen: 1200 of 1207.',
        'Step load failed: 7 rows are not there.',
      ],
    });
    expect(rto).toEqual({ promised: 1800 });
    expect(steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'find succeeded',
      'block succeeded',
      'side succeeded',
      'load failed',
      'check not reached',
      'tidy not reached',
    ]);
  });

  test('of one that was canceled', () => {
    const { verdict } = reportOf([...begunRun, [600, 'carla', { type: 'run.canceled', reason: 'wrong database' }]]);
    expect(verdict.tone).toBe('bad');
    expect(verdict.sentence).toBe(
      'The recovery was canceled by carla: wrong database. The service was not seen healthy.',
    );
  });

  test.each<[number, string]>([
    [6, 'The recovery is not over: step block waits for an approval. The service was not seen healthy.'],
    [14, 'The recovery is not over: it is running, with 3 of 6 steps done. The service was not seen healthy.'],
  ])('of one that is not over, after event %i', (events, sentence) => {
    expect(reportOf(goodRun.slice(0, events)).verdict).toMatchObject({ tone: 'open', word: 'Not over', sentence });
  });

  test('of one that is done but left something to be put back', () => {
    const { verdict } = reportOf(goodRun.filter(([, , { type }]) => type !== 'obligation.settled'));
    expect(verdict.tone).toBe('bad');
    expect(verdict.notes[0]).toContain('Still to be put back: Role analyst is blocked');
  });

  test('tells which steps rest on a person’s word, and which were skipped', () => {
    const decided = goodRun.map(
      ([at, by, event]): Moment =>
        event.type === 'step.succeeded' && event.step === 'tidy'
          ? [at, by, { type: 'step.skipped', step: 'tidy', why: 'done by hand' }]
          : [at, by, event.type === 'step.succeeded' && event.step === 'load' ? { ...event, how: 'decided' } : event],
    );
    expect(reportOf(decided).verdict.notes).toEqual([
      'Step load counts as done because a person said so.',
      'Step tidy was skipped: done by hand.',
    ]);
  });
});

describe('what nobody measured is never zero', () => {
  test('no loss was counted', () => {
    const { loss, rpo, verdict } = reportOf(withLedger({ found: 3 }));
    expect(loss).toMatchObject({ counts: expect.any(Array) });
    expect(loss).not.toHaveProperty('lost');
    expect(rpo).toEqual({ promised: 0 });
    expect(verdict).toMatchObject({ tone: 'open', word: 'Done, but not all of it measured' });
    expect(verdict.sentence).toContain('How much was lost was not measured.');
  });

  test('no step showed that the service is healthy', () => {
    const { rto, verdict, phases } = reportOf(goodRun.filter(([, , { type }]) => type !== 'run.healthy'));
    expect(rto).toEqual({ promised: 1800 });
    expect(phases).toEqual([]);
    expect(verdict.tone).toBe('open');
    expect(verdict.sentence).toContain('the time to recover was not measured');
  });

  test('the moment of the damage is not known', () => {
    const { verdict, clocks } = reportOf(goodRun.filter(([, , { type }]) => type !== 'run.impact'));
    expect(clocks[0]).toMatchObject({ name: 'Impact', note: 'assumed: the start of the run' });
    expect(verdict.notes).toEqual([
      'When the damage was done is not known, so the clock began with the run: the true time is longer.',
    ]);
  });

  test('an old or foreign plan says nothing', () => {
    const data = reportOf(smallRun);
    expect(data).toMatchObject({ title: 'deletion', about: 'lifeboat.yaml, drill', rto: {}, rpo: {}, obligations: [] });
    expect(data.verdict.tone).toBe('open');
    for (const page of [renderHtml(data), renderMarkdown(data)]) {
      expect(page).toContain('not measured');
      expect(page).toContain('nothing promised');
    }
  });

  test('a failed comparison is not believed', () => {
    const failed = withLedger({ lost: 0 }).map(
      ([at, by, event]): Moment =>
        event.type === 'step.succeeded' && event.step === 'check'
          ? [
              at,
              by,
              { type: 'step.failed', step: 'check', error: { code: 'VERIFICATION_FAILED', message: 'x', hint: 'y' } },
            ]
          : [at, by, event],
    );
    expect(reportOf(failed).loss).not.toHaveProperty('lost');
  });
});

describe('the data', () => {
  const data = reportOf(goodRun);

  test('tells human waiting apart', () => {
    expect(data.humanWaitSeconds).toBe(187);
    expect(data.phases).toEqual([
      { name: 'noticing', seconds: 312 },
      { name: 'working', seconds: 354 },
      { name: 'waiting', seconds: 187 },
    ]);
  });

  test('tells who approved exactly what', () => {
    expect(data.steps[1]?.approvals).toEqual([
      {
        by: 'carla',
        at: '2026-01-14T03:03:12.000Z',
        reason: 'I see it, too',
        shown: { danger: 'change', changes: ['role analyst cannot log in', '2 sessions of analyst end'] },
      },
    ]);
    const other = changed(goodRun, 'step.approved', { hash: 'of something else' });
    expect(reportOf(other).steps[1]?.approvals[0]).not.toHaveProperty('shown');
  });

  test('tells how long each step took, beside what was expected', () => {
    expect(
      data.steps.map(({ id, seconds, expectedSeconds, attempts }) => [id, seconds, expectedSeconds, attempts]),
    ).toEqual([
      ['find', 3.2, 60, 1],
      ['block', 0.6, undefined, 1],
      ['side', 335.9, 600, 2],
      ['load', 3, undefined, 1],
      ['check', 7, undefined, 1],
      ['tidy', 1, undefined, 1],
    ]);
  });

  test('carries the hash that the seal of the evidence carries', () => {
    const { lines, events } = sampleLines(goodRun);
    const sealed = reportData(foldRun(events), events, 'ab');
    expect(sealed).toMatchObject({ head: sha256Hex(lines.at(-1) ?? ''), events: lines.length, sealedBy: 'ab' });
    expect(renderMarkdown(sealed)).toContain('lifeboat evidence verify evidence.ndjson --key ab');
  });

  test('has words for every kind of event', () => {
    const error = { code: 'STEP_FAILED', message: 'it broke', hint: 'look' } as const;
    const more: RunEvent[] = [
      { type: 'step.waiting', step: 'load', waitsFor: { kind: 'decision', why: error } },
      { type: 'step.decided', step: 'load', decision: 'undo', reason: 'better so' },
      { type: 'step.rejected', step: 'load', hash: 'h', reason: 'not now' },
      {
        type: 'step.noted',
        step: 'load',
        note: { xid: 9, tables: [{ table: 'a', rows: 1 }], deep: { a: { b: { c: 1 } } }, no: null, none: [] },
      },
      {
        type: 'step.waiting',
        step: 'load',
        waitsFor: { kind: 'confirmation', role: 'lead', count: 2, until: '2026-01-14T04:00:00.000Z', proofs: [] },
      },
      { type: 'step.confirmed', step: 'load' },
      { type: 'step.denied', step: 'load', reason: 'orders fail' },
      { type: 'step.taking_back', step: 'load', why: 'bob said no' },
      { type: 'step.decided', step: 'load', decision: 'retry', reason: 'it is gone', withoutSafetyPoint: true },
      { type: 'step.undoing', step: 'load' },
      { type: 'step.undone', step: 'load' },
      { type: 'step.undone', step: 'find', impossible: 'it only reads' },
      { type: 'step.skipped', step: 'tidy', why: 'not needed' },
      { type: 'step.succeeded', step: 'check', how: 'observed', output: 'text', proofs: [] },
      { type: 'run.paused', why: 'Ctrl-C' },
      { type: 'run.claimed', epoch: 2, owner: { host: 'h', pid: 1, startedAt: 's' } },
      { type: 'run.copy_lags', step: 'load', copied: 7, why: 'it does not answer' },
      { type: 'run.adopted', ...ADOPTED },
      { type: 'run.adopted', ...ADOPTED, from: { host: 'h', pid: 1, startedAt: 's' }, gone: 'it burned' },
      { type: 'run.canceled', reason: 'enough' },
    ];
    const all = reportOf([...begunRun, ...more.map((event, n): Moment => [600 + n, 'bob', event])]);
    const texts = all.timeline.slice(begunRun.length).map(({ text }) => text);
    expect(texts).toEqual([
      'Waits for a decision: it broke',
      'Decided: undo, because: better so',
      'Rejected: not now',
      'Noted: xid 9, tables table a, rows 1, deep a b {"c":1}, no nothing, none none',
      expect.stringMatching(/^Waits for 2 confirmations by lead until 2026-01-14 /),
      'Confirmed',
      'Not confirmed: orders fail',
      'Is being taken back: bob said no',
      'Decided: retry without a safety point, because: it is gone',
      'Is being taken back',
      'Taken back',
      'Cannot be taken back: it only reads',
      'Skipped: not needed',
      'Seen to be done already',
      'Paused: Ctrl-C',
      'Taken up again by process 1 on h',
      'load began before the log was in the repository, where it ends at event 7',
      'Taken over by tablet from the copy of the log up to event 9; driven before by nobody: it was paused',
      'Taken over by tablet from the copy of the log up to event 9; driven before by process 1 on h: last sign of life 2026-01-14 03:00:00 UTC, and a person says: it burned',
      'Canceled: enough',
    ]);
    expect(all.steps.find(({ id }) => id === 'load')?.decisions).toMatchObject([
      { by: 'bob', what: 'undo' },
      { by: 'bob', what: 'retry without a safety point' },
    ]);
    for (const page of [renderHtml(all), renderMarkdown(all)]) {
      for (const word of ['better so', 'not now', 'not taken back: it only reads', 'STILL OPEN'])
        expect(page).toContain(word);
    }
  });

  test('cuts what is too long for a page, and says so', () => {
    const { steps } = reportOf(withLedger({ lost: 0, ids: 'x'.repeat(5000) }));
    const value = steps.find(({ id }) => id === 'check')?.outputs.find(({ name }) => name === 'ids')?.value;
    expect(value).toHaveLength('… (all of it is in the evidence)'.length + 400);
  });
});

describe('the pages', () => {
  const pages = (data: ReportData): readonly [string, string] => [renderHtml(data), renderMarkdown(data)];

  test.each<[string, readonly Moment[]]>([
    ['a good run', goodRun],
    ['a failed run', failedRun],
    ['a run under way', begunRun],
  ])('say everything of %s', (_what, moments) => {
    const data = reportOf(moments);
    for (const page of pages(data)) {
      const words = ['Corner shop, production', data.run, data.head, '2026-01-14 02:54:48 UTC', 'found by step find'];
      for (const word of [...words, 'carla', 'db-admin-1', 'I see it, too']) expect(page).toContain(word);
      expect(page).toContain(data.facts.find(({ name }) => name === 'Plan hash')?.value);
    }
  });

  test('the HTML needs no network and runs no script', () => {
    const page = renderHtml(reportOf(goodRun));
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import|\son\w+=/i);
    expect(page).toContain("default-src 'none'");
  });

  const NASTY = `<script>alert(1)</script>"'&|\`[x](javascript:y)\n# head\u202e\u0007`;

  /** The same run, in which every text of plan, people and systems is an attack. */
  function poisoned(moments: readonly Moment[]): ReportData {
    const poison = (value: unknown, key = ''): unknown => {
      if (Array.isArray(value)) return value.map((item) => poison(item));
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]));
      const kept = [
        'type',
        'id',
        'step',
        'at',
        'prev',
        'run',
        'impactAt',
        'notBefore',
        'scenario',
        'rto',
        'rpo',
        'expect',
        'kind',
        'how',
      ];
      return typeof value === 'string' && !kept.includes(key) ? `${value}${NASTY}` : value;
    };
    const { events } = sampleLines(moments);
    const bad = events.map((event) => poison(event) as JournalEvent);
    return reportData(foldRun(bad), bad);
  }

  test('show text of others as text', () => {
    for (const moments of [goodRun, failedRun]) {
      const [page, markdown] = pages(poisoned(moments));
      expect(page).not.toContain('<script');
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
      expect(markdown).not.toMatch(/(^|[^\\])<script|^# head|[^\\]\]\(javascript/m);
      expect(markdown).toContain('&lt;script\\>alert(1)');
      for (const text of [page, markdown]) {
        for (const char of ['\u202e', '\u0007']) expect(text).not.toContain(char);
        expect(text).toMatch(/\\?\\u\{202e\}/);
      }
    }
  });

  test('a table of the Markdown stays a table', () => {
    const rows = renderMarkdown(poisoned(goodRun))
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
    expect(rows.length).toBeGreaterThan(40);
    expect(new Set(rows.map(cells))).toEqual(new Set([4, 5, 6, 7]));
  });

  test('safe text is one line', () => {
    expect(safe('a\n\n- b | *c* _d_ `e`')).toBe('a - b \\| \\*c\\* \\_d\\_ \\`e\\`');
  });
});
