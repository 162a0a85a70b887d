/* `npm run demo`: a real PostgreSQL loses data and gets it back, measured and proven. Nothing in it is pretended. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStream, startWorld, type World } from './corporate-intel/world.ts';
import { playDeletion } from './demo/deletion.ts';
import { playDestroyed } from './demo/destroyed.ts';
import type { DemoResult, ScenarioResult } from './demo/result.ts';
import { finalScreen } from './demo/screen.ts';
import { closeAllWorlds } from './world-folder.ts';

const SCENARIOS = { deletion: playDeletion, destroyed: playDestroyed } as const;
type ScenarioName = keyof typeof SCENARIOS;

const USAGE = `Usage: npm run demo -- [--scenario deletion|destroyed] [--json] [--keep]

  --scenario NAME  play only this one; default: both, one after the other
  --json           print one JSON document on stdout; progress goes to stderr
  --keep           keep the world's folder (servers are stopped all the same)
`;

const options = readOptions();
const began = Date.now();
const say = (line: string): void => {
  const text = `[${((Date.now() - began) / 1000).toFixed(1).padStart(5)}s] ${line}\n`;
  (options.json ? process.stderr : process.stdout).write(text);
};

// A reader that goes away (`| head`) must not stop the clean-up.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await Promise.race([perform(), stopped()]);
process.exit();

async function perform(): Promise<number> {
  try {
    const result = await play(options.scenarios);
    const text = options.json ? JSON.stringify(result, null, 2) : finalScreen(result, process.cwd());
    await new Promise((done) => process.stdout.write(`${text}\n`, done));
    return result.ok ? 0 : 1;
  } catch (error) {
    await closeAllWorlds();
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`demo: it did not work: ${why}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify({ scenarios: {}, ok: false, error: why }, null, 2)}\n`);
    return 1;
  }
}

/** Ctrl-C and kill: everything of ours is ended and removed, then we go. */
function stopped(): Promise<number> {
  return new Promise((resolve) => {
    let asked = false;
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const)
      process.on(signal, () => {
        if (asked) return;
        asked = true;
        say('stopping: ending every server and removing the world');
        closeAllWorlds().then(
          () => resolve(code),
          () => resolve(code),
        );
      });
  });
}

async function play(names: readonly ScenarioName[]): Promise<DemoResult> {
  say('starting a PostgreSQL of our own, with data and an application that never stops writing');
  const world = await startWorld();
  const { server } = world;
  say(`PostgreSQL ${server.version} on 127.0.0.1:${server.port}, application at ${world.application.healthUrl}`);
  const home = join(process.cwd(), '.lifeboat', 'demo', new Date().toISOString().replaceAll(/[:.]/g, '-'));
  const scenarios: { -readonly [name in ScenarioName]?: ScenarioResult } = {};
  try {
    await protect(world);
    // The second disaster hits the system that the first one left behind: it must be as good as new.
    for (const name of names) {
      const keepIn = join(home, name);
      await mkdir(keepIn, { recursive: true });
      scenarios[name] = await SCENARIOS[name]({ world, say, keepIn });
      say(scenarios[name].verified ? `${name}: recovered and proven` : `${name}: NOT PROVEN`);
    }
  } finally {
    say(options.keep ? `stopping everything, keeping ${world.folder.path}` : 'cleaning up');
    await world.close({ keep: options.keep });
  }
  const ok = names.every((name) => scenarios[name]?.verified === true);
  return { scenarios, ok, seconds: (Date.now() - began) / 1000 };
}

/** What every team does before the disaster: check the plan, take a base backup, stream the log. */
async function protect(world: World): Promise<void> {
  await step(world, ['check', '--plan', world.plan]);
  say('lifeboat backup database --stream &');
  await startStream(world);
  await step(world, ['backup', 'database', '--method', 'base_backup', '--plan', world.plan]);
}

async function step(world: World, args: readonly string[]): Promise<void> {
  say(`lifeboat ${args.join(' ')}`);
  const { code, stdout, stderr } = await world.lifeboat.run(args);
  const lines = `${stdout}${stderr}`.trimEnd().split('\n');
  for (const line of code === 0 ? lines.slice(-1) : lines) say(`  ${line}`);
  if (code !== 0) throw new Error(`lifeboat ${args[0]} ended with ${code}`);
}

function readOptions(): { scenarios: readonly ScenarioName[]; json: boolean; keep: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) leave(USAGE, 0);
    const all = Object.keys(SCENARIOS) as ScenarioName[];
    const chosen = values.scenario === undefined ? all : all.filter((name) => name === values.scenario);
    if (chosen.length === 0) leave(`demo: there is no scenario ${values.scenario}\n${USAGE}`, 2);
    return { scenarios: chosen, json: values.json, keep: values.keep };
  } catch (error) {
    return leave(`demo: ${(error as Error).message}\n${USAGE}`, 2);
  }
}

function leave(text: string, code: number): never {
  (code === 0 ? process.stdout : process.stderr).write(text);
  process.exit(code);
}
