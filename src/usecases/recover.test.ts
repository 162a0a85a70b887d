import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unreachable } from '../engine/testing/fake-world.ts';
import { errorRecord, KnownError } from '../model/errors.ts';
import { approve } from './approve.ts';
import { cancel } from './cancel.ts';
import { checkPlan } from './check-plan.ts';
import { decide } from './decide.ts';
import { dryRunScenario } from './dry-run.ts';
import type { Happening } from './happening.ts';
import { listRuns } from './list-runs.ts';
import { recover } from './recover.ts';
import { resume } from './resume.ts';
import type { Services } from './services.ts';
import { status } from './status.ts';
import { makeRig, type Rig } from './testing/rig.ts';
import { verifyFile } from './verify-evidence.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
});
afterEach(() => rig.remove());

/** Watches a run and does something as soon as an event of a type is there. */
function watching(
  on: Record<string, (event: { run: string; step: string }, services: Services) => Promise<unknown>> = {},
) {
  const stop = new AbortController();
  const answers: Promise<unknown>[] = [];
  const watch = (happening: Happening): void => {
    if (happening.kind !== 'event') return;
    const answer = on[happening.event.type];
    if (answer) answers.push(answer(happening.event as never, rig.services({ chosen: { environment: 'production' } })));
  };
  return { stop, answers, signal: stop.signal, mayAsk: false, watch };
}

/** Says yes to whatever waits for it. A resumed run shows old questions again: those are no longer open. */
const approving = () =>
  watching({
    'step.waiting': ({ run, step }, services) =>
      approve({ run, step, by: 'bob', reject: false }, services).catch(() => undefined),
  });

const fire = { scenario: 'fire', set: ['cause=a candle'] };

test('the plan of these tests has no errors', () => {
  expect(checkPlan(rig.services()).findings.filter(({ level }) => level === 'error')).toEqual([]);
});

describe('a recovery', () => {
  test('is carried out, measured, reported and sealed', async () => {
    const result = await recover(fire, rig.services(), approving());
    expect(result).toMatchObject({
      scenario: 'fire',
      environment: 'production',
      status: 'succeeded',
      objective: { rto_seconds: 3600, rpo_seconds: 7200 },
      rto_met: true,
      open_obligations: [],
    });
    expect(result.error).toBeUndefined();
    expect(result.rpo_seconds).toBeUndefined();
    expect(result.steps.map(({ id, status: how }) => `${id} ${how}`)).toEqual([
      'block succeeded',
      'rebuild succeeded',
      'verify succeeded',
      'unblock succeeded',
    ]);
    expect(rig.world.writes).toEqual(['make door', 'make house', 'unblock door']);
    expect(readFileSync(result.report?.markdown as string, 'utf8')).toContain('There was a fire');
    expect(existsSync(result.report?.html as string)).toBe(true);
    const verdict = await verifyFile({ file: result.evidence as string }, rig.services());
    expect(verdict).toMatchObject({ whole: true, run: result.run });
  });

  test('leaves the moment of impact to whoever knows it', async () => {
    const request = { ...fire, impact: '2026-01-14T03:30:00+01:00' };
    const result = await recover(request, rig.services(), approving());
    expect(result).toMatchObject({
      impact_at: '2026-01-14T02:30:00.000Z',
      impact_source: 'said at the start',
      declared_at: '2026-01-14T03:00:00.000Z',
    });
    // The yes is heard at the next look, a tenth of a second after it was asked for.
    const began = Date.parse(result.declared_at);
    const wait = (Date.parse(result.healthy_at as string) - began) / 1000;
    expect(wait).toBeLessThan(1);
    expect(result.rto_seconds).toBe(1800 + wait);
  });

  test('measures every clock against the damage, and whom it waited for', async () => {
    const request = { ...fire, impact: '2026-01-14T02:30:00Z', detected: '2026-01-14T02:35:00Z' };
    const result = await recover(request, rig.services(), approving());
    expect(result).toMatchObject({
      detected_at: '2026-01-14T02:35:00.000Z',
      detected_source: 'said at the start',
      time_to: { detect_seconds: 300, declare_seconds: 1800, healthy_seconds: result.rto_seconds },
      objective: { detect_within_seconds: 60 },
      detect_met: false,
      waits: [{ step: 'rebuild', waits_for: 'approval', role: 'commander' }],
    });
    expect(result.waits[0]?.by).toHaveLength(1);
    const report = readFileSync(result.report?.markdown as string, 'utf8');
    expect(report).toMatch(
      /\| Detected \| 2026-01-14 02:35:00\S* \S* ?\| \+5m \| said at the start; planned within 1m, MISSED \|/,
    );
    expect(report).toContain('## Waiting for people');
    expect(report).toContain('| Healthy |');
    expect(report).toContain('proven by the step verify');
  });

  test('says that nobody knows when it was noticed', async () => {
    const result = await recover(fire, rig.services(), approving());
    expect(result.detected_at).toBeUndefined();
    expect(result.time_to).not.toHaveProperty('detect_seconds');
    expect(result).not.toHaveProperty('detect_met');
    expect(readFileSync(result.report?.markdown as string, 'utf8')).toContain('nobody said when it was noticed');
  });

  test.each([undefined, 'nobody listens'])('sends its spans where somebody wants them (%s)', async (trouble) => {
    const sent: string[][] = [];
    const sendSpans = async (spans: readonly { name: string }[]) => {
      sent.push(spans.map(({ name }) => name));
      return trouble;
    };
    const result = await recover(fire, rig.services({ sendSpans }), approving());
    expect(result.status).toBe('succeeded');
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('recover fire');
    expect(result.trace).toMatchObject({ spans: sent[0]?.length, ...(trouble ? { trouble } : {}) });
  });

  test('is told who said no, and stands in the list', async () => {
    const no = watching({
      'step.waiting': ({ run, step }, services) =>
        approve({ run, step, by: 'bob', reject: true, reason: 'not my house' }, services).catch(() => undefined),
    });
    const result = await recover(fire, rig.services(), no);
    expect(result.status).toBe('paused');
    expect(result.error?.message).toContain('not my house');
    const { runs } = await listRuns(rig.services());
    expect(runs).toMatchObject([{ id: result.run, scenario: 'fire', status: 'paused' }]);
  });

  test('that is interrupted is paused, keeps its papers, and goes on to the same end', async () => {
    const interrupted = watching({ 'step.waiting': async () => interrupted.stop.abort(new Error('stopped')) });
    const first = await recover(fire, rig.services(), interrupted);
    expect(first).toMatchObject({ status: 'paused', error: { code: 'RUN_PAUSED' } });
    expect(first.error?.hint).toContain(`lifeboat recover --resume ${first.run}`);
    expect(existsSync(first.evidence as string)).toBe(true);
    const second = await resume(undefined, rig.services(), approving());
    expect(second).toMatchObject({ run: first.run, status: 'succeeded' });
    expect(rig.world.writes).toEqual(['make door', 'make house', 'unblock door']);
  });

  test('that was killed just after its last event gets its papers from a resume, and a second resume is refused', async () => {
    const first = await recover(fire, rig.services(), approving());
    rmSync(dirname(first.evidence as string), { recursive: true });
    const told = await resume(undefined, rig.services(), approving());
    expect(told).toMatchObject({ run: first.run, status: 'succeeded' });
    expect(existsSync(first.evidence as string)).toBe(true);
    expect(rig.world.writes).toEqual(['make door', 'make house', 'unblock door']);
    const again = await resume(undefined, rig.services(), approving()).catch(errorRecord);
    expect(again).toMatchObject({ code: 'RUN_NOT_FOUND' });
    const named = await resume(first.run, rig.services(), approving()).catch(errorRecord);
    expect(named).toMatchObject({ code: 'USAGE', message: expect.stringContaining('is over: succeeded') });
  });

  test('goes on with the plan it began with, whatever became of the file', async () => {
    const interrupted = watching({ 'step.waiting': async () => interrupted.stop.abort(new Error('stopped')) });
    await recover(fire, rig.services(), interrupted);
    rig.edit((plan) => plan.replaceAll('fake.make', 'fake.unheard_of'));
    expect(await resume(undefined, rig.services(), approving())).toMatchObject({ status: 'succeeded' });
  });

  test('whose step failed waits for a decision, and goes on after it', async () => {
    rig.world.troubles.set('house', [unreachable()]);
    const first = await recover(fire, rig.services(), approving());
    expect(first).toMatchObject({ status: 'paused', error: { code: 'RUN_PAUSED' } });
    const asked = await status(undefined, rig.services());
    expect(asked.steps[1]).toMatchObject({ waits_for: 'decision', error: { code: 'TARGET_UNREACHABLE' } });
    const said = { run: first.run, step: 'rebuild', decision: 'retry', reason: 'it is back' };
    expect(await decide(said, rig.services())).toMatchObject({ decision: 'retry', resume: true });
    expect(await resume(first.run, rig.services(), approving())).toMatchObject({ status: 'succeeded' });
  });

  test('that is paused by a step says by which error, and that its inputs are frozen', async () => {
    rig.world.troubles.set('house', [unreachable()]);
    const { error, run } = await recover(fire, rig.services(), approving());
    expect(error).toMatchObject({
      code: 'RUN_PAUSED',
      because: { code: 'TARGET_UNREACHABLE', message: unreachable().message, hint: unreachable().hint },
    });
    expect(error?.hint).toContain(`inputs are frozen in the run`);
    expect(error?.hint).toContain(`lifeboat decide ${run} rebuild undo`);
  });

  test('whose step takes no input says nothing of inputs; one that owes nothing is simply canceled', async () => {
    rig.world.troubles.set('door', [unreachable()]);
    const first = await recover(fire, rig.services(), approving());
    expect(first.error?.hint).toBe(unreachable().hint);
    rig.edit((plan) => plan.replaceAll('thing: door }', 'thing: "${{ inputs.cause }}" }'));
    await cancel({ run: first.run, reason: 'try otherwise', leave: true }, rig.services());
    rig.world.troubles.set('a candle', [new KnownError('TARGET_DENIED', 'no such thing', 'Look.')]);
    rig.world.effects.clear();
    const second = await recover(fire, rig.services(), approving());
    expect(second.open_obligations).toEqual([]);
    expect(second.error?.hint).toContain(`lifeboat cancel ${second.run} --reason`);
  });
});

describe('canceling', () => {
  test('says by whom, and what was left behind', async () => {
    const canceling = watching({
      'step.waiting': ({ run }, services) => cancel({ run, reason: 'no fire after all', leave: true }, services),
    });
    const result = await recover(fire, rig.services(), canceling);
    expect(result).toMatchObject({ status: 'canceled', error: { code: 'RUN_CANCELED' } });
    expect(await canceling.answers[0]).toMatchObject({ left: ['door is blocked'] });
  });

  const refusal = (run: string) => cancel({ run, reason: 'enough' }, rig.services()).catch(errorRecord);
  const leaving = (run: string) => `To leave it as it is: lifeboat cancel ${run} --leave --reason "…"`;

  test('is refused while something is not put back, and what is said instead puts it back', async () => {
    rig.world.troubles.set('house', [unreachable()]);
    const { run } = await recover(fire, rig.services(), approving());
    expect(await refusal(run)).toEqual({
      code: 'OBLIGATION_OPEN',
      message: `the run ${run} was not canceled, because this would stay as it is for good: door is blocked`,
      hint: `To put it back: lifeboat decide ${run} rebuild undo --reason "…", then: lifeboat recover --resume ${run}. ${leaving(run)}`,
    });
    expect((await status(run, rig.services())).status).toBe('paused');
    await decide({ run, step: 'rebuild', decision: 'undo', reason: 'enough' }, rig.services());
    expect(await resume(run, rig.services(), approving())).toMatchObject({ status: 'failed', open_obligations: [] });
    expect(rig.world.effects.has('door')).toBe(false);
  });

  test('while an approval is asked for says to reject it first, also when nobody drives the run', async () => {
    const interrupted = watching({
      'step.waiting': async ({ run }) => {
        const hint = refusal(run).then((error) => ('hint' in error ? error.hint : ''));
        interrupted.stop.abort(new Error('stopped'));
        return hint;
      },
    });
    const { run } = await recover(fire, rig.services(), interrupted);
    const no = `lifeboat approve ${run} rebuild --reject --by NAME --reason "…"`;
    const undo = `lifeboat decide ${run} rebuild undo --reason "…"`;
    const goOn = `lifeboat recover --resume ${run}`;
    expect(await interrupted.answers[0]).toBe(`To put it back: ${no}, then: ${undo}, then: ${goOn}. ${leaving(run)}`);
    expect(await refusal(run)).toMatchObject({
      hint: `To put it back: ${no}, then: ${goOn}, then: ${undo}, then: ${goOn}. ${leaving(run)}`,
    });
    const services = rig.services({ chosen: { environment: 'production' } });
    await approve({ run, step: 'rebuild', by: 'bob', reject: true, reason: 'enough' }, services);
    expect(await resume(run, rig.services(), watching())).toMatchObject({ status: 'paused' });
    await decide({ run, step: 'rebuild', decision: 'undo', reason: 'enough' }, rig.services());
    expect(await resume(run, rig.services(), watching())).toMatchObject({ status: 'failed', open_obligations: [] });
  });

  test('of a run that only owes something names the step that owes it', async () => {
    rig.edit((plan) => plan.replace('uses: fake.unblock,', 'uses: fake.unblock, when: "${{ false }}",'));
    const { run, error } = await recover(fire, rig.services(), approving());
    expect(error).toMatchObject({ code: 'OBLIGATION_OPEN' });
    expect(await refusal(run)).toMatchObject({
      hint: `To put it back: lifeboat decide ${run} block undo --reason "…", then: lifeboat recover --resume ${run}. ${leaving(run)}`,
    });
  });
});

describe('nothing is touched', () => {
  const refused = async (request: Parameters<typeof recover>[0], expected: object) => {
    await expect(recover(request, rig.services(), approving())).rejects.toMatchObject(expected);
    expect(rig.world.writes).toEqual([]);
    expect((await listRuns(rig.services())).runs).toEqual([]);
  };

  test.each([
    ['an unknown scenario', { scenario: 'fier', set: [] }, { code: 'USAGE', hint: 'Did you mean "fire"?' }],
    ['a missing input', { scenario: 'fire', set: [] }, { code: 'USAGE', hint: 'Add: --set cause=…' }],
    ['an unknown input', { scenario: 'fire', set: ['casue=x'] }, { code: 'USAGE', hint: 'Did you mean "cause"?' }],
    ['an input without a value', { scenario: 'fire', set: ['cause'] }, { code: 'USAGE' }],
    ['a number that is none', { scenario: 'fire', set: ['cause=x', 'size=big'] }, { code: 'USAGE' }],
    ['an impact without a zone', { ...fire, impact: '2026-01-14 03:05' }, { code: 'USAGE' }],
    ['an impact in the future', { ...fire, impact: '2036-01-14T03:05:00Z' }, { code: 'USAGE' }],
    ['a detection without a zone', { ...fire, detected: '2026-01-14 03:05' }, { code: 'USAGE' }],
    ['a detection in the future', { ...fire, detected: '2036-01-14T03:05:00Z' }, { code: 'USAGE' }],
    [
      'a detection before the impact',
      { ...fire, impact: '2026-01-14T02:30:00Z', detected: '2026-01-14T02:29:59Z' },
      { code: 'USAGE', message: expect.stringContaining('is before --impact') },
    ],
  ])('by %s', async (_what, request, expected) => {
    await refused(request, expected);
  });

  test('by a plan that contradicts itself', async () => {
    rig.edit((plan) => plan.replace('healthy: verify', 'healthy: nowhere'));
    await refused(fire, { code: 'PLAN_INVALID', message: expect.stringMatching(/lifeboat\.yaml:\d+:\d+: /) });
  });

  test('by a plan with findings of level error', async () => {
    rig.edit((plan) => plan.replace('uses: fake.verify_house', 'uses: fake.unheard_of'));
    await refused(fire, { code: 'PLAN_REFUSED', hint: 'See all of it with: lifeboat check' });
  });

  test.each(['IDENTITY', 'DATABASE_URL'])('without the secret env:%s', async (name) => {
    rig.edit((plan) => plan.replace(`env:${name}"`, 'env:NOT_HERE"'));
    await refused(fire, { code: 'SECRET_MISSING', message: 'the secret env:NOT_HERE is not set' });
  });

  test('without its secrets, all of which are named', async () => {
    rig.edit((plan) => plan.replace('env:IDENTITY"', 'env:NO_KEY"').replace('env:DATABASE_URL"', 'file:/no/url"'));
    await refused(fire, {
      code: 'SECRET_MISSING',
      message: expect.stringMatching(/env:NO_KEY is not set; .*file:\/no\/url cannot be read/),
      hint: expect.stringContaining('NO_KEY'),
    });
  });

  test('in an environment there is not', async () => {
    const services = rig.services({ chosen: { environment: 'prod' } });
    const expected = { code: 'USAGE', message: 'the plan has no environment "prod"' };
    const recovering = recover(fire, services, approving());
    await expect(recovering).rejects.toMatchObject({ ...expected, hint: 'It has: production, drill.' });
    expect(() => checkPlan(services)).toThrow(expect.objectContaining(expected));
    expect((await listRuns(rig.services())).runs).toEqual([]);
  });

  test('without a repository', async () => {
    rig.edit((plan) => plan.replace('/repository"', '/elsewhere"'));
    await refused(fire, { code: 'REPOSITORY_MISSING' });
  });

  test('by a dry run, which shows every step', async () => {
    const { steps } = await dryRunScenario(fire, rig.services(), new AbortController().signal);
    expect(steps.map(({ step, seen, changes }) => [step, seen, changes])).toEqual([
      ['block', 'absent', ['door exists']],
      ['rebuild', 'absent', ['house exists']],
      ['verify', 'absent', ['house exists']],
      ['unblock', 'done', ['door exists']],
    ]);
    expect(rig.world.writes).toEqual([]);
  });
});

describe('an approval', () => {
  /** Runs until the step waits, tries what the test wants to try, then says yes. */
  async function whileWaiting(attempt: (run: string) => Promise<unknown>) {
    let tried: Promise<unknown> | undefined;
    const trying = watching({
      'step.waiting': async ({ run, step }, services) => {
        tried = attempt(run);
        await tried.catch(() => undefined);
        await approve({ run, step, by: 'bob', reject: false }, services).catch(() => undefined);
      },
    });
    await recover(fire, rig.services(), trying);
    return tried;
  }

  test.each([
    ['somebody who is not in the role', { by: 'eve' }, 'Say who approves with --by: bob'],
    ['a step that waits for nothing', { step: 'block' }, 'rebuild waits for an approval.'],
    ['a step there is not', { step: 'nothing' }, 'rebuild waits for an approval.'],
    ['a no without a reason', { reject: true }, 'Add: --reason "…"'],
  ])('by or for %s is refused', async (_what, over, hint) => {
    const trying = whileWaiting((run) =>
      approve(
        { run, step: 'rebuild', reject: false, ...over },
        rig.services({ chosen: { environment: 'production' } }),
      ),
    );
    await expect(trying).rejects.toMatchObject({ code: 'USAGE', hint });
  });

  test('of something destructive must name the protected environment', async () => {
    const trying = whileWaiting((run) =>
      approve({ run, step: 'rebuild', by: 'bob', reject: false }, rig.services({ chosen: {} })),
    );
    await expect(trying).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('--environment production'),
    });
  });

  test('for another person leaves the name of whoever typed it', async () => {
    const result = await recover(fire, rig.services(), approving());
    const events = await rig.journal.events(result.run);
    expect(events.find(({ type }) => type === 'step.approved')).toMatchObject({ by: 'bob', reason: 'entered by ada' });
  });
});
