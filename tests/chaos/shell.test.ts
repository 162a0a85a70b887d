import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeShellWorld, type ShellRun, type ShellWorld, type Started } from './shell-world.ts';

/*
 * Shell steps and kill -9: after every event of the journal, and inside the commands. The command goes on without its owner, the next
 * process finds it, and every effect is there once.
 */
const STEPS = `
- id: first
  uses: shell.run
  expect: 1s
  with: { command: 'echo first >> effects; echo 41' }
- id: slow
  uses: shell.run
  expect: 1s
  with: { command: 'echo begun >> effects; sleep 0.4; echo slow >> effects; echo "$LIFEBOAT_STEP ends"' }
- id: telling
  uses: shell.run
  expect: 1s
  with: { command: 'echo telling >> effects', observe: 'grep -q telling effects' }
- id: verify
  title: Verify that all is there
  uses: shell.run
  expect: 1s
  with: { command: 'test "\${{ steps.first.outputs.json + 1 }}" = 42; echo "\${{ steps.slow.outputs.stdout }}"; echo verify >> effects' }
`;
const EFFECTS = ['first', 'begun', 'slow', 'telling', 'verify'];
let world: ShellWorld;

afterEach(() => world.remove());

async function resultOf({ finished }: Started): Promise<ShellRun> {
  const { code, said } = await finished;
  if (code !== 0) throw new Error(`ended with ${code}: ${said}`);
  return JSON.parse(said.slice(said.indexOf('\n{') + 1)) as ShellRun;
}

const isDead = async ({ finished }: Started) => (await finished).signal === 'SIGKILL';

test('killed after every event, resumed, every effect is there once', async () => {
  for (let n = 1; ; n++) {
    world = await makeShellWorld(STEPS);
    const first = world.child(['recover', 'loss'], { DIE_AFTER: String(n) });
    const died = await isDead(first);
    const result = await resultOf(died ? world.child(['recover', '--resume']) : first);
    expect([n, result.status]).toEqual([n, 'succeeded']);
    expect([n, ...world.effects()]).toEqual([n, ...EFFECTS]);
    world.remove();
    if (died) continue;
    // Created and claimed; each step started, noted and succeeded; healthy; the end.
    expect(n).toBeGreaterThan(2 + 4 * 3 + 2);
    return;
  }
}, 300_000);

test.each(['begun', 'slow'])(
  'killed inside the command, at "%s": it goes on alone, and is not begun again',
  async (line) => {
    world = await makeShellWorld(STEPS);
    const first = world.child(['recover', 'loss']);
    await world.until(line);
    first.process.kill('SIGKILL');
    expect(await isDead(first)).toBe(true);
    const result = await resultOf(world.child(['recover', '--resume']));
    expect(result.status).toBe('succeeded');
    expect(world.effects()).toEqual(EFFECTS);
    const slow = result.steps.find(({ id }) => id === 'slow');
    expect(slow?.output?.stdout).toBe('slow ends');
  },
  60_000,
);

const onlyTheFirstTime = (what: string): string =>
  STEPS.replace('sleep 0.4', `test -e once || { touch once; ${what}; }`);

async function decideRetry(run: string): Promise<ShellRun> {
  const decided = await world.child(['decide', run, 'slow', 'retry', '--reason', 'I looked']).finished;
  expect([decided.code, decided.said]).toEqual([0, expect.any(String)]);
  return resultOf(world.child(['recover', '--resume']));
}

const runIn = (said: string): string => /\brun-[\w-]+/.exec(said)?.[0] ?? 'none';

test('stopped by a person inside a command, it is ended, a person is asked, and "retry" runs it again', async () => {
  world = await makeShellWorld(onlyTheFirstTime('sleep 600'));
  const first = world.child(['recover', 'loss']);
  await world.until('begun');
  first.process.kill('SIGINT');
  expect((await first.finished).code).toBe(12);
  const asked = await world.child(['recover', '--resume']).finished;
  expect(asked.said).toContain('OUTCOME_UNKNOWN');
  expect(world.effects()).toEqual(['first', 'begun']);
  expect((await decideRetry(runIn(asked.said))).status).toBe('succeeded');
  expect(world.effects()).toEqual(['first', 'begun', 'begun', 'slow', 'telling', 'verify']);
}, 60_000);

test('a command that fails is not run again before a person says so', async () => {
  world = await makeShellWorld(onlyTheFirstTime('exit 3'));
  const failed = await world.child(['recover', 'loss']).finished;
  expect(failed.said).toContain('exit code 3');
  await world.child(['recover', '--resume']).finished;
  expect(world.effects()).toEqual(['first', 'begun']);
  expect((await decideRetry(runIn(failed.said))).status).toBe('succeeded');
  expect(world.effects()).toEqual(['first', 'begun', 'begun', 'slow', 'telling', 'verify']);
}, 60_000);

test('when all of it was killed at once, a person is asked, and nothing is begun again', async () => {
  world = await makeShellWorld(onlyTheFirstTime('sleep 600'));
  const first = world.child(['recover', 'loss']);
  await world.until('begun');
  first.process.kill('SIGKILL');
  const [keeper, group] = [await world.pidOf('slow', 'started.json'), await world.pidOf('slow', 'group.json')];
  process.kill(keeper, 'SIGKILL');
  process.kill(-group, 'SIGKILL');
  const asked = await world.child(['recover', '--resume']).finished;
  expect(asked.said).toContain('OUTCOME_UNKNOWN');
  expect(world.effects()).toEqual(['first', 'begun']);
}, 60_000);

test.each([
  ['in the command', `command: 'echo begun >> effects; echo shop-prod'`],
  ['by a variable of the script', `command: 'echo begun >> effects; S=prod; echo "shop-$S"'`],
  ['by an expression', `command: 'echo begun >> effects; echo \${{ "shop-" + "prod" }}'`],
  [
    'by a component that only production has',
    `command: 'echo begun >> effects; echo \${{ components.api.ids.cluster }}'`,
  ],
  ['by an environment variable', `command: 'echo begun >> effects; echo $T', environment: { T: shop-prod }`],
  ['by a secret', `command: 'echo begun >> effects; echo $T', environment: { T: '\${{ secret("file:target") }}' }`],
])(
  'in a drill, nothing is started that names production: %s',
  async (_way, input) => {
    const step = `- { id: verify, title: Verify, uses: shell.run, expect: 1s, on_failure: stop, with: { ${input} } }`;
    world = await makeShellWorld(step, 'production: {}, drill: { protected: false }');
    writeFileSync(join(world.folder, 'target'), 'shop-prod');
    const drill = await world.child(['recover', 'loss', '--environment', 'drill']).finished;
    expect([drill.code, drill.said]).toEqual([36, expect.stringContaining('TARGET_PROTECTED')]);
    expect(world.effects()).toEqual([]);
  },
  60_000,
);
