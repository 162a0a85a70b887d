import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../usecases/approve.ts';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { type Typing, typedWith } from './testing/typed.ts';

/* What holds a step back and what takes it back, as a person reads it. */

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const FIRE = ['recover', 'fire', '--set', 'cause=a candle', '--environment', 'production'];
const withField = (field: string) =>
  rig.edit((plan) => plan.replace('id: rebuild\n', `id: rebuild\n        ${field}\n`));

const typed = (argv: readonly string[], more: Omit<Typing, 'services'> = {}) =>
  typedWith({ ...more, services: rig.services({ actor: 'bob' }) }, argv);

/** Types commands at another terminal as soon as the text offers them. */
function elsewhere(commands: readonly (readonly [seen: RegExp, argv: (run: string) => readonly string[]])[]) {
  const done: Promise<{ code: number; out: string }>[] = [];
  const left = [...commands];
  const onText = (text: string): void => {
    const run = /run-\d+/.exec(text)?.[0];
    if (run && /lifeboat approve/.test(text))
      void approve(
        { run, step: 'rebuild', by: 'ada', reject: false },
        rig.services({ chosen: { environment: 'production' } }),
      );
    const [next] = left;
    if (!run || !next?.[0].test(text)) return;
    left.shift();
    done.push(typed(next[1](run)));
  };
  return { onText, done: () => Promise.all(done) };
}

describe('before anything is done', () => {
  test('a dry run says what holds each step back, and whether it can be taken back', async () => {
    withField(
      'proven: [block]\n        safety_point: database\n        confirm: { role: commander, within: 5m, count: 2 }',
    );
    const ask = '{ id: ask, uses: human.task, with: { instruction: Look out. }, timeout: 5m }';
    rig.edit((plan) => plan.replace('      - { id: unblock', `      - ${ask}\n      - { id: unblock`));
    const { out } = await typed([...FIRE, '--dry-run']);
    for (const line of [
      '   cannot be taken back: What a person did, a person must take back.\n',
      '   acts only when this is proven again: block\n',
      '   acts only when a recovery point was taken since the run began: database\n',
      '   is taken back unless 2 of commander confirm within 5m that the world is right\n',
      '   can be taken back\n',
    ])
      expect(out).toContain(line);
    const looking = out.slice(out.indexOf('3. verify'), out.indexOf('4. ask'));
    expect(looking).not.toContain('taken back');
  });

  test('a run of a protected environment begins with what cannot be taken back', async () => {
    rig.edit((plan) => plan.replace('uses: fake.make', 'uses: fake.shell'));
    const { out } = await typed(FIRE, { onText: elsewhere([]).onText });
    expect(out).toContain('  Once done, this cannot be taken back:\n    rebuild: a command cannot be taken back\n');
    expect(out.indexOf('cannot be taken back:')).toBeLessThan(out.indexOf('▸ [1/4]'));
  });
});

describe('a confirmation', () => {
  beforeEach(() => withField('confirm: { role: commander, within: 10m }'));

  test('is asked with what was proven, and given at another terminal', async () => {
    const others = elsewhere([[/lifeboat confirm/, (run) => ['confirm', run, 'rebuild', '--reason', 'I saw it']]]);
    const { code, out } = await typed(FIRE, others);
    expect(code).toBe(0);
    expect(out).toMatch(
      /\? \[2\/4\] rebuild: Build it again has acted\. Is the world right\? It needs 1 confirmation by the role commander \(ada, bob\)\n {8}- house exists \(true\)\n {6}Without it, it is taken back at /,
    );
    expect(out).toContain('bob confirmed [2/4] rebuild: Build it again: I saw it');
    const [said] = await others.done();
    expect(said?.out).toMatch(/^bob confirmed rebuild of run-\d+\.\n$/);
  });

  test('is refused at another terminal, and the step is taken back', async () => {
    const others = elsewhere([
      [/lifeboat confirm/, (run) => ['confirm', run, 'rebuild', '--no', '--reason', 'it leans']],
    ]);
    const { out } = await typed(FIRE, others);
    expect(out).toContain('bob did not confirm [2/4] rebuild: Build it again: it leans');
    expect(out).toContain(
      '◂ taking back [2/4] rebuild: Build it again: bob said that the world is not right: it leans',
    );
    expect((await others.done())[0]?.out).toMatch(/^bob said no: rebuild of run-\d+ is taken back\.\n$/);
    expect(rig.world.effects.has('house')).toBe(false);
  });

  test('is shown by status and next', async () => {
    const others = elsewhere([
      [/lifeboat confirm/, (run) => ['status', run]],
      [/lifeboat confirm/, (run) => ['next', run]],
      [/lifeboat confirm/, (run) => ['confirm', run, 'rebuild']],
    ]);
    await typed(FIRE, others);
    const [status, next] = await others.done();
    expect(status?.out).toMatch(
      /rebuild has acted, and is taken back at .* unless commander confirms it\.\nTo answer: lifeboat confirm run-\d+ rebuild --by NAME\n/,
    );
    expect(next?.out).toContain('Now: rebuild has acted: somebody in the role commander (ada, bob) must say until');
    expect(next?.out).toContain('  Seen so far:\n    - house exists (true)\n');
  });

  test('is asked at the prompt: anything but yes and no is asked again, and a no wants a reason', async () => {
    const asked: string[] = [];
    const answers = ['perhaps', 'no', 'it leans'];
    const { out } = await typed(FIRE, {
      ask: async (question) => {
        if (question.includes('Who answers? (ada)')) return 'ada';
        if (question.includes('Type production to approve as ada')) return 'production';
        if (question.includes('retry, done')) return 'abort';
        if (question.includes('Why?')) return 'enough';
        asked.push(question.trim());
        return answers.shift();
      },
    });
    expect(asked).toEqual([
      'Type yes when the world is right, or no to take it back, as bob:',
      'Type yes when the world is right, or no to take it back, as bob:',
      'What is not right?',
    ]);
    expect(out).toContain('"perhaps" is neither yes nor no.');
    expect(rig.world.effects.has('house')).toBe(false);
  });
});
