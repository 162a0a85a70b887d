import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import { approve } from '../usecases/approve.ts';
import { fix } from '../usecases/fix.ts';
import { prepareOrigin } from '../usecases/recover.ts';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { type Typing, typedWith } from './testing/typed.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

async function typed(argv: readonly string[], more: Omit<Typing, 'services'> = {}) {
  const journal = rig.journal.anotherProcess();
  const ended = await typedWith({ ...more, services: rig.services({ journal: () => journal }) }, argv);
  // As the operating system does when a process ends.
  journal.die();
  return ended;
}

const FIRE = ['recover', 'fire', '--set', 'cause=a candle', '--environment', 'production'];
const DENIED = new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.');

const approving = (text: string): void => {
  const [, run] = /lifeboat approve (\S+) rebuild/.exec(text) ?? [];
  const services = rig.services({ chosen: { environment: 'production' } });
  if (run !== undefined) void approve({ run, step: 'rebuild', by: 'bob', reject: false }, services);
};

/** A run that stopped at `rebuild` and that nobody drives. */
async function stopped(): Promise<string> {
  rig.world.troubles.set('house', [DENIED]);
  const { out } = await typed(FIRE, { onText: approving });
  return /run-\d+/.exec(out)?.[0] as string;
}

/** Answers in order; a word that is not asked for any more is missed by the test. */
function answers(...words: readonly string[]) {
  const asked: string[] = [];
  const left = [...words];
  const ask = async (question: string) => {
    asked.push(question.trim());
    return left.shift();
  };
  return { ask, asked, left };
}

describe('next', () => {
  test('there is nothing to do', async () => {
    expect((await typed(['next'])).out).toBe('Nothing to do: no run was ever begun here.\n');
    const { out } = await typed(FIRE, { onText: approving });
    const run = /run-\d+/.exec(out)?.[0];
    const over = await typed(['next']);
    expect(over).toEqual({
      code: 0,
      out: `Nothing to do: no run is under way. The last one, ${run} (fire), is over: succeeded.\n`,
    });
    expect((await typed(['next', run as string])).out).toContain('Nothing to do: the run is over: succeeded.');
    expect((await typed(['next', 'run-x'])).code).toBe(4);
  });

  test('an approval: what it will do, and what to type', async () => {
    let told: ReturnType<typeof typed> | undefined;
    await typed(FIRE, {
      onText: (text) => {
        if (!text.includes('lifeboat approve')) return;
        told = typed(['next']);
        void told.then(() => approving(text));
      },
    });
    const { out } = (await told) as { out: string };
    const run = /run-\d+/.exec(out)?.[0];
    expect(out.split('\n')).toEqual([
      `There was a fire: ${run} (fire, production)`,
      expect.stringMatching(/^ {2}RTO 1h: \d+m?s? gone, /),
      expect.stringMatching(/^ {2}Healthy in 2m to 1\dm.*, as the plan expects$/),
      '  Done 1 of 4',
      '  Next [3] verify (Look at it)',
      '  To be put back: door is blocked',
      '',
      expect.stringMatching(/^Now: rebuild waits for approval by commander \(bob\) until 03:1\d:\d\d UTC$/),
      '  It will (destroy):',
      '    - house exists',
      '  can be taken back',
      `  lifeboat approve ${run} rebuild --by NAME --environment production`,
      '',
      `To follow it: lifeboat attach ${run}`,
      '',
    ]);
  });

  test('a decision, and what comes after it', async () => {
    const run = await stopped();
    const { out } = await typed(['next']);
    expect(out).toContain(
      [
        'Now: rebuild stopped, and a person must decide how to go on: no entry',
        '  → Ask for a key.',
        `  lifeboat fix ${run} rebuild`,
        'After that: the run must be taken up again',
        `  lifeboat recover --resume ${run}`,
      ].join('\n'),
    );
    await typed(['decide', run, 'rebuild', 'retry', '--reason', 'got the key']);
    const after = (await typed(['next'])).out;
    expect(after).toContain('Now: nobody drives the run: the run is paused\n');
    expect(after).toContain(`  lifeboat recover --resume ${run}\n`);
    expect(after).not.toContain('lifeboat fix');
  });

  test('a run whose process is gone', async () => {
    const origin = {
      type: 'run.created' as const,
      ...prepareOrigin({ scenario: 'fire', set: ['cause=x'] }, rig.services()),
    };
    await rig.journal.create({ id: 'run-0', lock: 'shop/production', by: 'ada', origin });
    expect((await typed(['next'])).out).toContain('Nothing to do: the run goes on by itself.');
    rig.journal.die();
    expect((await typed(['next'])).out).toContain('Now: nobody drives the run: its process is gone\n');
  });

  test('something that is not put back, and that nothing else asks for', async () => {
    const origin = {
      type: 'run.created' as const,
      ...prepareOrigin({ scenario: 'fire', set: ['cause=x'] }, rig.services()),
    };
    const claim = await rig.journal.create({ id: 'run-0', lock: 'shop/production', by: 'ada', origin });
    await rig.journal.append(claim, 'ada', [
      { type: 'obligation.opened', step: 'block', obligation: { id: 'blocked:door', what: 'door is blocked' } },
      { type: 'run.paused', why: 'the run may not close: door is blocked' },
    ]);
    expect((await typed(['next'])).out).toContain(
      'Now: the run may not close: door is blocked\n  lifeboat fix run-0 block\nAfter that: the run must be taken up again\n',
    );
    const fixed = await typed(['fix'], answers('undo', 'it is over'));
    expect(fixed.out).toContain('undo  The run puts it back when nothing else is left to do, and then ends.');
    expect(fixed.out).not.toContain('  skip');
    expect((await typed(['next'])).out).toContain('Now: nobody drives the run');
  });

  test('a task that somebody must do', async () => {
    const origin = {
      type: 'run.created' as const,
      ...prepareOrigin({ scenario: 'fire', set: ['cause=x'] }, rig.services()),
    };
    const claim = await rig.journal.create({ id: 'run-0', lock: 'shop/production', by: 'ada', origin });
    const waitsFor = { kind: 'task', instruction: 'Call the landlord', doneWhen: 'he has the key' } as const;
    await rig.journal.append(claim, 'ada', [{ type: 'step.waiting', step: 'block', waitsFor }]);
    expect((await typed(['next'])).out).toContain(
      'Now: block waits for somebody to do this: Call the landlord\n  Done when: he has the key\n' +
        '  lifeboat decide run-0 block done --reason "…"\n  lifeboat decide run-0 block failed --reason "…"\n',
    );
    expect((await typed(['decide', 'run-0', 'block', 'done'])).code).toBe(0);
    expect((await typed(['next'])).out).toContain('Nothing to do: the run goes on by itself.');
  });

  test('of several runs the one that waits for a person; as JSON with whole commands', async () => {
    const run = await stopped();
    const origin = {
      type: 'run.created' as const,
      ...prepareOrigin({ scenario: 'fire', set: ['cause=x'] }, rig.services()),
    };
    await rig.journal.create({ id: 'run-0', lock: 'shop/drill', by: 'ada', origin });
    const { out } = await typed(['next', '--json', '--state', '/state']);
    expect(JSON.parse(out)).toMatchObject({
      sentence: 'Now: rebuild stopped, and a person must decide how to go on: no entry',
      picture: { run, done: 1, total: 4, clock: { outlook: 'not known' } },
      asks: [{ kind: 'decision', commands: [`lifeboat fix ${run} rebuild --state /state`] }, { kind: 'resume' }],
      others: [{ run: 'run-0', sentence: 'Nothing to do: the run goes on by itself.' }],
    });
  });
});

describe('fix', () => {
  test('shows what went wrong, what the world says and what follows, and takes the decision', async () => {
    const run = await stopped();
    const { ask, asked } = answers('again', 'retry', 'got the key');
    const { code, out } = await typed(['fix'], { ask });
    expect(code).toBe(0);
    for (const text of [
      `rebuild (Build it again) of ${run} needs a decision.`,
      '  ✘ no entry (TARGET_DENIED)\n  → Ask for a key.',
      '  The world just now: the step has not taken effect\n',
      '  undo   Takes back what this run did, newest first (rebuild, block), and ends the run as failed.',
      '  abort  Ends the run as failed. Nothing is taken back, and this stays: door is blocked.',
      '  "again" is none of these.',
      `ada decided "retry" about rebuild of ${run}.\nNow go on with: lifeboat recover --resume ${run}`,
    ])
      expect(out).toContain(text);
    expect(asked).toEqual([
      'retry, done, skip, undo, abort, edit, or nothing to leave it open?',
      'retry, done, skip, undo, abort, edit, or nothing to leave it open?',
      'Why?',
    ]);
    const resumed = await typed(['recover', '--resume', run], { onText: approving });
    expect(resumed.code).toBe(0);
  });

  test('without a terminal prints the exact commands and decides nothing', async () => {
    const run = await stopped();
    const { code, out } = await typed(['fix', run, 'rebuild', '--state', '/state']);
    expect(code).toBe(0);
    expect(out).toContain(`  lifeboat decide ${run} rebuild skip --reason "…" --state /state\n`);
    expect(out).toContain(`After the decision: lifeboat recover --resume ${run} --state /state`);
    expect((await typed(['next'])).out).toContain('a person must decide');
  });

  test('leaves it open when the person says nothing', async () => {
    await stopped();
    expect((await typed(['fix'], answers(''))).out).toContain('Nothing was decided.\n');
    expect((await typed(['fix'], answers('skip', ''))).out).toContain('Nothing was decided.\n');
  });

  test('says why the world could not be looked at, and lets the person decide all the same', async () => {
    const run = await stopped();
    const services = rig.services({
      openActions: () => {
        throw new KnownError('SECRET_MISSING', 'DATABASE_URL is not set', 'Set it.');
      },
    });
    const found = await fix({ run }, services, new AbortController().signal);
    expect(found.seen).toEqual({ state: 'unknown', why: 'it could not be looked at: DATABASE_URL is not set' });
    expect(found.choices).toHaveLength(6);
  });

  test('names what needs a decision when another step is named, and says when none does', async () => {
    const run = await stopped();
    const wrong = await typed(['fix', run, 'verify']);
    expect(wrong.code).toBe(2);
    expect(wrong.out).toContain(`the step verify of ${run} needs no decision\n  → rebuild does.`);
    await typed(['cancel', run, '--leave', '--reason', 'enough']);
    expect((await typed(['fix', run])).out).toContain(`no step of ${run} needs a decision`);
    expect((await typed(['fix'])).code).toBe(4);
  });
});

describe('end', () => {
  test('says what stays, and ends the run when the word is typed', async () => {
    const run = await stopped();
    const { ask, asked } = answers('wrong database', 'leave');
    const { code, out } = await typed(['end'], { ask });
    expect(code).toBe(0);
    for (const text of [
      `${run} (fire, production) would end for good, as canceled.`,
      '  The service is not healthy yet.',
      '  Nothing is taken back. What these steps did stays: block, rebuild',
      '  This would stay, and nobody puts it back any more: door is blocked\n',
      `To put that back first:\n  lifeboat decide ${run} rebuild undo --reason "…"\n  lifeboat recover --resume ${run}\n`,
      `ada ended ${run}.\n  Not put back, do it by hand: door is blocked`,
    ])
      expect(out).toContain(text);
    expect(asked).toEqual(['Why is it ended? (nothing: leave it)', `Type leave to end ${run}:`]);
    expect((await typed(['end', run])).code).toBe(2);
  });

  test.each([
    ['no reason', ['']],
    ['another word', ['enough', 'yes']],
  ])('does not end it with %s', async (_, words) => {
    const run = await stopped();
    expect((await typed(['end'], answers(...words))).out).toContain('The run was not ended.');
    expect((await typed(['status', run])).out).toContain('stands still');
  });

  test('without a terminal ends nothing and prints the exact command', async () => {
    const run = await stopped();
    const { code, out } = await typed(['end']);
    expect(code).toBe(0);
    expect(out).toContain(`  lifeboat cancel ${run} --leave --reason "…"`);
    expect((await typed(['status', run])).out).toContain('stands still');
  });
});
