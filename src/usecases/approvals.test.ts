import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seconds } from '../lib/duration.ts';
import type { JournalEvent } from '../model/run.ts';
import { foldRun } from '../model/run-state.ts';
import { requestApproval } from './approval-request.ts';
import { approve } from './approve.ts';
import { decide } from './decide.ts';
import { editStep } from './edit-step.ts';
import type { Happening } from './happening.ts';
import { newApprovalKey } from './new-key.ts';
import { recover } from './recover.ts';
import type { Services } from './services.ts';
import { showRequest, signRequest } from './sign-approval.ts';
import { makeRig, type Rig } from './testing/rig.ts';
import { verifyFile } from './verify-evidence.ts';

let rig: Rig;
let key: string;
beforeEach(async () => {
  rig = await makeRig({ environment: 'production' });
  key = join(rig.folder, 'bob.key');
  const { approval_key } = newApprovalKey(key);
  rig.edit((plan) =>
    plan
      .replace('bob: { name: Bob Example }', `bob: { name: Bob Example, approval_key: "${approval_key}" }`)
      .replace('within: 10m', 'within: 20s')
      .replace('roles:\n', 'roles:\n  keepers: { people: [bob] }\n'),
  );
});
afterEach(() => rig.remove());

const fire = { scenario: 'fire', set: ['cause=a candle'] };

/** Runs, and at the first question of a kind somebody acts; what came of it is kept. */
async function during(
  act: (run: string, hash: string) => Promise<unknown>,
  kind = 'approval',
  services = rig.services(),
) {
  const acts: Promise<unknown>[] = [];
  const stop = new AbortController();
  const watch = (happening: Happening): void => {
    if (happening.kind !== 'event' || happening.event.type !== 'step.waiting' || acts.length > 0) return;
    const { run, waitsFor } = happening.event as JournalEvent & { type: 'step.waiting' };
    if (waitsFor.kind !== kind) return;
    const hash = waitsFor.kind === 'approval' ? waitsFor.hash : '';
    acts.push(act(run, hash).finally(() => stop.abort(new Error('enough'))));
  };
  const result = await recover(fire, services, { signal: stop.signal, mayAsk: false, watch });
  const state = foldRun(await rig.journal.events(result.run));
  return { result, state, acted: Promise.all(acts).then(([first]) => first) };
}

const rebuild = (run: string) => ({ run, step: 'rebuild' });
const sayYes = (run: string, more: object = {}, services: Services = rig.services()) =>
  approve({ ...rebuild(run), reject: false, ...more }, services);

describe('who may', () => {
  test('who began the run is told whom to ask, and how to go on alone', async () => {
    const { acted } = await during((run) => sayYes(run));
    await expect(acted).rejects.toMatchObject({
      code: 'USAGE',
      message: 'ada began this run, so the yes must come from somebody else',
      hint: expect.stringMatching(/^Ask bob: .*--break-glass "why"$/),
    });
  });

  test.each([
    ['without a reason', { breakGlass: ' ' }, 'breaking the glass needs a reason'],
    ['by a stranger', { breakGlass: 'why', by: 'eve' }, 'eve is not among the people of the plan'],
    ['together with a no', { breakGlass: 'why', reject: true, reason: 'x' }, 'do not go together'],
  ])('breaking the glass %s is refused', async (_, more, message) => {
    const { acted, state } = await during((run) => sayYes(run, more));
    await expect(acted).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
    expect(state.steps.get('rebuild')?.approvals).toEqual([]);
  });

  test('breaking the glass goes on alone, and stands in the report', async () => {
    const { acted, state } = await during((run) => sayYes(run, { breakGlass: 'nobody answers' }));
    expect(await acted).toMatchObject({ by: 'ada', missing: 0, breakGlass: 'nobody answers' });
    expect(state.steps.get('rebuild')?.approvals).toMatchObject([{ by: 'ada', breakGlass: 'nobody answers' }]);
  });

  test('an approval may come before the step asks, where its input is known', async () => {
    rig.edit((plan) =>
      plan
        .replace('uses: fake.shut,', 'uses: human.task,')
        .replace('with: { thing: door }', 'with: { instruction: Look }'),
    );
    const { acted, state } = await during((run) => sayYes(run, { by: 'bob' }), 'task');
    expect(await acted).toMatchObject({ by: 'bob', missing: 0 });
    expect(state.steps.get('rebuild')?.approvals).toHaveLength(1);
  });
});

describe('a signed code', () => {
  async function codeFor(run: string, more: { by?: string; step?: string; run?: string } = {}) {
    const { text } = await requestApproval(rebuild(run), rig.services());
    const { request } = showRequest(text, rig.services());
    return signRequest({ ...request, ...more }, more.by ?? 'bob', key).code.join('\n');
  }

  test('carries the yes, with a signature that the evidence proves', async () => {
    const { acted, result, state } = await during(async (run) => sayYes(run, { code: await codeFor(run) }));
    expect(await acted).toMatchObject({ by: 'bob', missing: 0 });
    expect(state.steps.get('rebuild')?.approvals).toMatchObject([{ by: 'bob', signature: expect.any(String) }]);
    expect(state.steps.get('rebuild')?.approvals[0]).not.toHaveProperty('forged');
    expect(await verifyFile({ file: result.evidence as string }, rig.services())).toMatchObject({ whole: true });
    expect(statSync(key).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['another run', { run: 'run-other' }, /is for another run/],
    ['another step', { step: 'verify' }, /is for another step/],
    ['somebody without a key', { by: 'ada' }, /is of nobody whose approval_key/],
  ])('for %s is refused', async (_, more, message) => {
    const { acted } = await during(async (run) => sayYes(run, { code: await codeFor(run, more) }));
    await expect(acted).rejects.toMatchObject({ code: 'APPROVAL_INVALID', message: expect.stringMatching(message) });
  });

  test('a line that was misheard is named', async () => {
    const { acted } = await during(async (run) => {
      const lines = (await codeFor(run)).split('\n');
      lines[2] = `${lines[2]?.startsWith('7') ? '8' : '7'}${lines[2]?.slice(1)}`;
      return sayYes(run, { code: lines.join(' ') });
    });
    await expect(acted).rejects.toMatchObject({
      code: 'APPROVAL_INVALID',
      message: expect.stringMatching(/line 3 .* was misheard/),
    });
  });

  test('is void once the input is another one', async () => {
    const { acted } = await during(async (run) => {
      const code = await codeFor(run);
      await editStep({ ...rebuild(run), set: ['thing=barn'], reason: 'the other one' }, rig.services());
      rig.clock.advance(seconds(1));
      return sayYes(run, { code });
    });
    await expect(acted).rejects.toMatchObject({ code: expect.stringMatching(/APPROVAL_INVALID|USAGE/) });
  });

  test('after the question has expired is refused as such', async () => {
    const { acted } = await during(async (run) => {
      const code = await codeFor(run);
      const late = { ...rig.clock, now: () => new Date(rig.clock.now().getTime() + seconds(60)) };
      return sayYes(run, { code }, rig.services({ clock: late }));
    });
    await expect(acted).rejects.toMatchObject({ code: 'APPROVAL_EXPIRED' });
  });

  test('of a key that is not in the plan is refused', async () => {
    const { acted } = await during(async (run) => {
      newApprovalKey(join(rig.folder, 'other.key'));
      key = join(rig.folder, 'other.key');
      return sayYes(run, { code: await codeFor(run) });
    });
    await expect(acted).rejects.toMatchObject({ message: expect.stringContaining('not signed with the key of bob') });
  });

  test('a request that was altered on its way is not signed', async () => {
    const { acted } = await during(async (run) => (await requestApproval(rebuild(run), rig.services())).text);
    const text = String(await acted);
    const services = rig.services();
    expect(showRequest(text, services)).toMatchObject({ danger: 'destroy' });
    for (const wrong of [
      text.replaceAll('house', 'barn'),
      text.replace('step: rebuild', 'step: verify'),
      '',
      text.slice(0, -5),
    ])
      expect(() => showRequest(wrong, services)).toThrow(/not a whole approval request/);
  });
});

describe('an edit', () => {
  const edit = (run: string, more: object = {}) =>
    editStep({ ...rebuild(run), set: ['value.size=3'], reason: 'x', ...more }, rig.services());

  test('says what it was and is, keeps types, and whose approval is void', async () => {
    const { acted, state } = await during((run) => edit(run, { set: ['value=3', 'thing=barn'] }));
    expect(await acted).toMatchObject({
      changed: [
        { key: 'value', from: '${{ inputs.cause }}', to: 3 },
        { key: 'thing', from: 'house', to: 'barn' },
      ],
      void_approvals: [],
    });
    expect(state.steps.get('rebuild')?.edited?.with).toEqual({ thing: 'barn', value: 3 });
  });

  test.each([
    ['no reason', { reason: '' }, 'an edit needs a reason'],
    ['nothing to change', { set: [] }, 'nothing is said to be changed'],
    ['no value', { set: ['thing'] }, 'has no value'],
    ['the same again', { set: ['thing=house'] }, 'has that input already'],
    ['a key that is none', { set: ['colour=red'] }, 'does not take this input'],
    ['a wrong type', { set: ['thing=3'] }, 'does not take this input'],
    ['an inner key of a text', { set: ['thing.size=3'] }, 'holds no further keys'],
    ['an unknown step', { step: 'rebuildd' }, 'rebuildd'],
    ['a step that is done', { step: 'block', set: ['thing=x'] }, 'is done: its input cannot be changed'],
  ])('with %s is refused, and nothing is kept', async (_, more, message) => {
    const { acted, state } = await during((run) => edit(run, more));
    await expect(acted).rejects.toMatchObject({ message: expect.stringContaining(message) });
    expect(state.steps.get('rebuild')?.edited).toBeUndefined();
  });
});

describe('a task of a role', () => {
  beforeEach(() =>
    rig.edit((plan) =>
      plan
        .replace('uses: fake.shut,', 'uses: human.task,')
        .replace('with: { thing: door }', 'with: { instruction: Look, role: keepers }'),
    ),
  );
  const said = (run: string, more: object) => decide({ run, step: 'block', decision: 'done', ...more }, rig.services());

  const answerOf = ({ state }: Awaited<ReturnType<typeof during>>) => state.steps.get('block')?.answer;

  test('is not answered by somebody else', async () => {
    const { acted, ...rest } = await during((run) => said(run, { by: 'ada' }), 'task');
    await expect(acted).rejects.toMatchObject({
      message: 'ada is not among those whose task block is: bob',
      hint: expect.stringContaining('--break-glass'),
    });
    expect(answerOf({ acted, ...rest })).toBeUndefined();
  });

  test('is answered by whoever breaks the glass, and that is kept', async () => {
    const broken = await during((run) => said(run, { by: 'ada', breakGlass: 'bob sleeps' }), 'task');
    expect(answerOf(broken)).toMatchObject({ by: 'ada', breakGlass: 'bob sleeps' });
  });

  test.each([
    ['a stranger', { by: 'eve', breakGlass: 'why' }, 'eve is not among the people of the plan'],
    ['an empty reason', { by: 'ada', breakGlass: ' ' }, 'breaking the glass needs a reason'],
  ])('breaking the glass with %s is refused', async (_, more, message) => {
    const { acted } = await during((run) => said(run, more), 'task');
    await expect(acted).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
  });

  test('a word that comes past the command counts only from those who are asked', async () => {
    const word = { type: 'step.answered', step: 'block', outcome: 'done', answer: '' } as const;
    expect(answerOf(await during((run) => rig.journal.signal(run, 'ada', word), 'task'))).toBeUndefined();
  });
});

describe('what destroys in a protected environment', () => {
  const quiet = { signal: AbortSignal.abort(), mayAsk: false, watch: () => undefined };
  const nameless = () => rig.services({ chosen: {} });

  test('is not begun until its name is said', async () => {
    await expect(recover(fire, nameless(), quiet)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('lifeboat recover fire --environment production'),
    });
    const asking = { ...fire, askForName: async () => 'prod' };
    await expect(recover(asking, nameless(), quiet)).rejects.toMatchObject({
      message: expect.stringMatching(/^nothing was begun/),
    });
    expect(await rig.journal.runs()).toEqual([]);
  });

  test('is begun by whoever types it', async () => {
    const result = await recover({ ...fire, askForName: async () => 'production' }, nameless(), quiet);
    expect(result.status).toBe('paused');
  });
});
