import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KnownError } from '../model/errors.ts';
import { approve } from '../usecases/approve.ts';
import type { Services } from '../usecases/services.ts';
import { makeRig, PASSWORD, type Rig } from '../usecases/testing/rig.ts';
import { type CliWorld, runCli } from './run-cli.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

interface Typed {
  readonly ask?: CliWorld['ask'];
  /** Told of each line as it appears, like a person at a second terminal. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
  readonly actor?: string;
  readonly services?: Services;
}

async function cli(argv: readonly string[], { ask, onText, signal, actor, services: given }: Typed = {}) {
  const written = { out: '', err: '' };
  const services = given ?? rig.services(actor === undefined ? {} : { actor });
  const code = await runCli({
    argv,
    version: '1.2.3',
    colour: false,
    cwd: '/here',
    signal: signal ?? new AbortController().signal,
    out: (text) => {
      written.out += text;
      onText?.(text);
    },
    err: (text) => {
      written.err += text;
      onText?.(text);
    },
    ...(ask ? { ask } : {}),
    openServices: async ({ environment }) => ({
      ...services,
      chosen: environment === undefined ? {} : { environment },
    }),
    redact: services.redact,
  });
  return { code, ...written };
}

/** Answers like a person: takes what fits the question; the questions are kept. */
function person(answers: readonly (readonly [RegExp, string])[]) {
  const left = [...answers];
  const asked: string[] = [];
  const ask = async (question: string): Promise<string | undefined> => {
    asked.push(question.trim());
    const index = left.findIndex(([pattern]) => pattern.test(question));
    return index < 0 ? undefined : left.splice(index, 1)[0]?.[1];
  };
  return { ask, asked };
}

/** Does what the screen says, from another terminal. */
const secondTerminal = (by: string) => (text: string) => {
  const [, run, step] = /lifeboat approve (\S+) (\S+)/.exec(text) ?? [];
  if (run === undefined || step === undefined) return;
  void approve({ run, step, by, reject: false }, rig.services({ chosen: { environment: 'production' } }));
};

const FIRE = ['recover', 'fire', '--set', 'cause=a candle', '--environment', 'production'];

describe('recover', () => {
  test('shows every step as it happens, what is asked, and at the end what came of it', async () => {
    const { code, out, err } = await cli(FIRE, { onText: secondTerminal('bob') });
    expect(err).toBe('');
    expect(code).toBe(0);
    for (const line of [
      /^Run run-\d+: fire in production$/m,
      /^ {2}▸ \[1\/4\] block: Keep people out$/m,
      /^ {2}✔ \[1\/4\] block: Keep people out in \S+$/m,
      /To be put back before the run may close: door is blocked/,
      /^ {2}\? \[2\/4\] rebuild: Build it again waits for 1 approval by the role commander \(bob\)$/m,
      /From any terminal: lifeboat approve run-\d+ rebuild --by NAME --environment production$/m,
      /^ {6}In production it will \(destroy\):\n {8}- house exists$/m,
      /bob approved \[2\/4\] rebuild/,
      /The service is healthy again at/,
      /^Recovered: There was a fire$/m,
      /^ {2}RTO {6}\S+ \(objective 1h: met\)/m,
      /^ {2}RPO {6}not measured \(objective 2h\)$/m,
      /^ {2}Next {5}lifeboat evidence verify /m,
    ])
      expect(out).toMatch(line);
  });

  test('with --json prints one document, and progress apart from it', async () => {
    const { code, out, err } = await cli([...FIRE, '--json'], { onText: secondTerminal('bob') });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: 'succeeded', scenario: 'fire', rto_met: true });
    expect(err).toContain('[1/4] block');
  });

  test('asks whoever sits there, and takes only the name of a protected environment for a yes', async () => {
    const { ask, asked } = person([
      [/Who answers\? \(bob\)/, 'bob'],
      [/Type production/, 'yes'],
      [/Who answers/, 'bob'],
      [/Type production/, 'production'],
    ]);
    const { code, out } = await cli(FIRE, { ask });
    expect(code).toBe(0);
    expect(out).toContain('"yes" is neither production nor no.');
    expect(asked[1]).toBe('Type production to approve as bob, or no:');
  });

  test('asks a stranger who he is, and believes only those who may approve', async () => {
    const { ask } = person([
      [/Who answers\? \(ada, bob\)/, 'eve'],
      [/Type production to approve as eve/, 'production'],
      [/Who answers/, 'bob'],
      [/Type production to approve as bob/, 'production'],
    ]);
    const { code, out } = await cli(FIRE, { ask, actor: 'root' });
    expect(out).toContain('eve is not in the role commander');
    expect(code).toBe(0);
  });

  test('asks how to go on with a step that failed', async () => {
    rig.world.troubles.set('house', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
    const { ask, asked } = person([
      [/Who answers/, 'bob'],
      [/Type production/, 'production'],
      [/retry, done, skip, undo, abort/, 'retry'],
      [/Why\?/, 'got the key'],
    ]);
    const { code, out } = await cli(FIRE, { ask });
    expect(out).toContain('✘ [2/4] rebuild: Build it again');
    expect(out).toContain('→ Ask for a key.');
    expect(out).toContain('ada decided "retry" about [2/4] rebuild: Build it again: got the key');
    expect(code).toBe(0);
    expect(asked).toContain('retry, done, skip, undo, abort?');
  });

  test('stops at Ctrl-C with exit code 12 and says how to go on; then goes on', async () => {
    const stop = new AbortController();
    const interrupt = (text: string) => {
      if (text.includes('waits for 1 approval')) stop.abort(new Error('stopped'));
    };
    const stopped = await cli(FIRE, { onText: interrupt, signal: stop.signal });
    expect(stopped.code).toBe(12);
    const [, run] = /lifeboat recover --resume (\S+)/.exec(stopped.out) ?? [];
    const resumed = await cli(['recover', '--resume', run as string], { onText: secondTerminal('bob') });
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain(`Resumed ${run}: 1 of 4 steps were done before.`);
    expect(resumed.out).not.toContain('▸ [1/4]');
  });

  test('is refused while another one holds the plan, and says which', async () => {
    let second: ReturnType<typeof cli> | undefined;
    const { code, out } = await cli(FIRE, {
      onText: (text) => {
        if (text.includes('waits for 1 approval')) second = cli(FIRE);
        void second?.then(() => secondTerminal('bob')(text));
      },
    });
    expect(code).toBe(0);
    const refused = await second;
    expect(refused?.code).toBe(10);
    expect(refused?.err).toContain(/^Run (\S+):/.exec(out)?.[1]);
  });

  test('with --dry-run shows every step and does nothing', async () => {
    const { code, out } = await cli([...FIRE, '--dry-run']);
    expect(code).toBe(0);
    expect(out).toContain('Dry run of fire in production. Nothing was changed.');
    expect(out).toContain('2. rebuild: Build it again');
    expect(rig.world.writes).toEqual([]);
  });

  test('shows no secret, in whatever a system answers', async () => {
    rig.world.troubles.set('house', [new Error(`connection postgres://lifeboat:${PASSWORD}@db refused`)]);
    const services = rig.services();
    services.secret('env:DATABASE_URL');
    const { out, err } = await cli(FIRE, { onText: secondTerminal('bob'), services });
    expect(out + err).toContain('connection postgres://lifeboat:[redacted]@db refused');
    expect(out + err).not.toContain(PASSWORD);
    expect(JSON.stringify(await rig.journal.lines(/run-\d+/.exec(out)?.[0] as string))).not.toContain(PASSWORD);
  });
});

describe('a command to type next', () => {
  const typed = ['--plan', 'my plan.yaml', '--state', '../state'];
  const repeated = `--plan '/here/my plan.yaml' --state /state`;

  test('carries --plan and --state as they were typed: in the live view, at the end, in JSON and in errors', async () => {
    rig.world.troubles.set('house', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
    const { out } = await cli([...FIRE, ...typed], { onText: secondTerminal('bob') });
    const run = /run-\d+/.exec(out)?.[0] as string;
    for (const line of [
      `another terminal: lifeboat attach ${run} ${repeated} --environment production\n`,
      `From any terminal: lifeboat approve ${run} rebuild --by NAME --environment production ${repeated}\n`,
      `From any terminal: lifeboat decide ${run} rebuild retry|done|skip|undo|abort --reason "…" ${repeated} --environment production\n`,
      `, then: lifeboat recover --resume ${run} ${repeated} --environment production\n`,
    ])
      expect(out).toContain(line);
    const { sentence, error } = JSON.parse((await cli(['status', run, '--json', ...typed])).out);
    expect(sentence).toContain(`lifeboat recover --resume ${run} ${repeated}`);
    expect(error.hint).toContain(`lifeboat decide ${run} rebuild undo --reason "…" ${repeated}, then`);
    const unknown = await cli(['status', 'run-x', ...typed]);
    expect(unknown.err).toContain(`lifeboat runs ${repeated}\n`);
    const asJson = JSON.parse((await cli(['status', 'run-x', '--json', ...typed])).out);
    expect(asJson.error.hint).toContain(`lifeboat runs ${repeated}`);
  });

  test('says nothing that was not typed, and leaves a printed runbook alone', async () => {
    expect((await cli(['status', 'run-x'])).err).toContain('lifeboat runs\n');
    expect((await cli(['docs', ...typed])).out).not.toContain('--state');
  });
});

describe('other commands', () => {
  test('recover names the error of the step that paused it', async () => {
    rig.world.troubles.set('house', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
    const { code, out } = await cli(FIRE, { onText: secondTerminal('bob') });
    expect(code).toBe(12);
    expect(out).toContain(
      'Not through: the run is paused: no entry (TARGET_DENIED)\n  → Ask for a key. The inputs are frozen',
    );
    expect(out).toMatch(/^ {6}→ The inputs are frozen in the run/m);
  });

  test('cancel needs --leave while something is not put back', async () => {
    rig.world.troubles.set('house', [new KnownError('TARGET_DENIED', 'no entry', 'Ask for a key.')]);
    const { out } = await cli(FIRE, { onText: secondTerminal('bob') });
    const cancel = ['cancel', /run-\d+/.exec(out)?.[0] as string, '--reason', 'enough'];
    const refused = await cli(cancel);
    expect(refused.code).toBe(16);
    expect(refused.err).toContain('rebuild undo --reason "…", then: lifeboat recover --resume');
    const { code, out: left } = await cli([...cancel, '--leave']);
    expect(code).toBe(0);
    expect(left).toContain('Not put back, do it by hand: door is blocked');
  });

  test('backup shows what was taken before a method failed, and ends with its exit code', async () => {
    rig.edit((plan) => plan.replace('backups:\n', 'backups:\n      - { method: postgres.dump, every: 1h }\n'));
    const { code, out } = await cli(['backup']);
    expect(code).toBe(2);
    expect(out).toContain('✔ database: postgres.base_backup copy-of-database');
    expect(out).toContain('✘ database: postgres.dump was not taken: the action postgres.dump is not available');
    const { taken, error } = JSON.parse((await cli(['backup', '--json'])).out);
    expect(taken).toMatchObject([{ backup: 'copy-of-database' }]);
    expect(error).toMatchObject({
      code: 'PLAN_INVALID',
      hint: expect.stringContaining('copy-of-database of database'),
    });
  });

  test('status says one sentence first, and what waits', async () => {
    const stop = new AbortController();
    const interrupt = (text: string) => {
      if (text.includes('waits for 1 approval')) stop.abort(new Error('stopped'));
    };
    await cli(FIRE, { onText: interrupt, signal: stop.signal });
    const { code, out } = await cli(['status']);
    expect(code).toBe(0);
    expect(out).toMatch(/^run-\d+ \(fire, production\) stands still, 1 of 4 steps done: nobody drives it\./);
    expect(out).toContain('STEP');
    expect(out).toContain('To be put back: door is blocked');
  });

  test('runs lists what was run, points what can be returned to, docs the runbook', async () => {
    expect((await cli(['runs'])).out).toContain('No run is kept in');
    expect((await cli(['points'])).out).toContain(
      'database: no recovery point. Take one with: lifeboat backup database\n',
    );
    expect((await cli(['docs'])).out).toContain('# The shop');
    expect((await cli(['backup'])).out).toContain('database: postgres.base_backup copy-of-database');
  });

  test('check exits with 1 on errors and shows their place', async () => {
    expect(await cli(['check'])).toMatchObject({ code: 0 });
    rig.edit((plan) => plan.replace('fake.verify_house', 'fake.unheard_of'));
    const { code, out } = await cli(['check']);
    expect(code).toBe(1);
    expect(out).toMatch(/lifeboat\.yaml:\d+:\d+/);
    expect(JSON.parse((await cli(['check', '--json'])).out)).toMatchObject({ ok: false, errors: expect.any(Number) });
  });
});

describe('more time for a run', () => {
  test.each([
    [['recover', 'fire', '--extend', '2h', '--reason', 'x'], 'for a run that is resumed'],
    [['recover', '--resume', '--extend', '2h'], 'a reason is missing'],
    [['recover', '--resume', '--extend', '2h', '--reason', ' '], 'a reason is missing'],
    [['recover', '--resume', '--reason', 'x'], '--reason is for --extend'],
  ])('%j is refused', async (argv, words) => {
    const { code, err } = await cli(argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(err).toContain('lifeboat recover --resume RUN --extend 2h');
  });
});

describe('a run in the repository', () => {
  test.each([
    [['recover', '--take-over'], 'RUN is missing'],
    [['recover', 'fire', '--owner-is-gone', 'it burned'], '--owner-is-gone says nothing without --take-over'],
    [['recover', '--resume', '--repository', '/mnt'], '--repository says nothing without --take-over'],
  ])('%j is refused', async (argv, message) => {
    expect(await cli(argv)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  test('is listed, and told apart from one that cannot be read', async () => {
    expect((await cli(['runs', '--repository', '/mnt'])).out).toBe('No run was copied to memory.\n');
    await cli(FIRE, { signal: AbortSignal.abort(new Error('Ctrl-C')) });
    const { out } = await cli(['runs', '--repository', '/mnt']);
    expect(out).toMatch(/RUN +SCENARIO +ENVIRONMENT +STATUS +LAST EVENT +LAST SIGN OF LIFE +CLAIMED BY\n/);
    expect(out).toMatch(/run-\d+ +fire +production +paused +\S+ ago +\S+ ago +ada on laptop/);
    const broken = rig.services();
    const copies = {
      ...rig.copies,
      read: () => Promise.reject(new KnownError('OBJECT_DAMAGED', 'a piece is gone', '')),
    };
    const services = { ...broken, copies: () => copies };
    const damaged = await cli(['runs', '--repository', '/mnt'], { services });
    expect(damaged.out).toMatch(/unreadable[\s\S]*cannot be read: a piece is gone/);
  });
});
