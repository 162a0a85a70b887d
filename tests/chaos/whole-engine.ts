import { join } from 'node:path';
import { kindsIn } from './moment-kinds.ts';
import { makeShellWorld, type ShellRun } from './shell-world.ts';
import { commandText, UNEDITED } from './unedited.ts';

/** How many worlds are played at the same time. */
export const atOnce = 3;

/** Where the first process dies: after its n-th event, after its first one of a kind, or as soon as a command has written a line. */
export type Moment =
  | { readonly kind: 'never' }
  | { readonly kind: 'event'; readonly n: number }
  | { readonly kind: 'first'; readonly of: string }
  | { readonly kind: 'line'; readonly line: string };

export interface Life {
  readonly at: string;
  readonly died: boolean;
  readonly status: string;
  readonly steps: Readonly<Record<string, string>>;
  readonly effects: readonly string[];
  readonly owed: number;
  /** The kinds of moments that whoever drove it met. */
  readonly kinds: readonly string[];
}

const command = (name: string, more = ''): string =>
  `uses: shell.run, expect: 1s, with: { command: '${commandText(name)}'${more} }`;
const seen = (name: string): string => `, observe: 'grep -qx ${name} effects'`;

const STEPS = `
- { id: look, uses: human.task, expect: 1s, with: { instruction: Look out of the window } }
- { id: quick, one_of: way, uses: shell.run, expect: 1s, with: { command: 'echo quick >> effects; exit 3' } }
- { id: slow, one_of: way, uses: procedure, with: { procedure: copy }, approve: { role: keeper, count: 2, within: 10m } }
- { id: last, one_of: way, ${command('last')} }
- { id: hold, uses: time.wait, expect: 1s, with: { for: 1s } }
- { id: seen, ${command('seen', `${seen('seen')}, undo: 'echo seen taken back >> effects'`)}, approve: { role: keeper, within: 10m }, confirm: { role: keeper, count: 2 } }
- { id: left, ${command('left')}, when: '\${{ steps.look.outputs.answer == "nobody" }}' }
- { id: beside, needs: [hold], for_each: [x, y], at_once: 2, ${command('beside-${{ item }}')} }
- { id: verify, title: Verify that all is there, needs: [left, beside], proven: [seen], uses: shell.run, expect: 1s, with: { command: '${UNEDITED}' } }
`;

const PROCEDURES = `procedures:
  copy:
    title: Copy
    steps:
      - { id: dump, ${command('dump')} }
      - { id: load, ${command('load', seen('load'))} }
`;

/** Lines of effects, sorted: two steps stand beside each other. */
export const WHOLE: readonly string[] = [
  'quick',
  ...['dump', 'load', 'seen', 'beside-x', 'beside-y', 'verify'].flatMap((name) => [`${name} begins`, name]),
].sort();

export const STEPS_WITH_EVERYTHING: Readonly<Record<string, string>> = {
  look: 'succeeded',
  quick: 'failed',
  'slow.dump': 'succeeded',
  'slow.load': 'succeeded',
  last: 'skipped',
  hold: 'succeeded',
  seen: 'succeeded',
  left: 'skipped',
  beside: 'succeeded',
  'beside.0': 'succeeded',
  'beside.1': 'succeeded',
  verify: 'succeeded',
};

export const playAll = (moments: readonly Moment[]): Promise<readonly Life[]> => Promise.all(moments.map(play));

async function play(moment: Moment): Promise<Life> {
  const world = await makeShellWorld(STEPS, 'production: {}', PROCEDURES);
  const people = world.people();
  try {
    const first = world.child(['recover', 'loss'], deathOf(moment));
    if (moment.kind === 'line') {
      await world.until(moment.line);
      first.process.kill('SIGKILL');
    }
    const died = (await first.finished).signal === 'SIGKILL';
    const { code, said } = await (died ? world.child(['recover', '--resume']) : first).finished;
    const at = JSON.stringify(moment);
    if (code !== 0) throw new Error(`${at}: ended with ${code}: ${said}`);
    const kinds = kindsIn(join(world.folder, 'state', 'journal.sqlite'), 'ada');
    return { at, died, effects: [...world.effects()].sort(), kinds, ...endOf(said) };
  } finally {
    people.kill('SIGKILL');
    world.remove();
  }
}

function deathOf(moment: Moment): Record<string, string> {
  if (moment.kind === 'event') return { DIE_AFTER: String(moment.n) };
  return moment.kind === 'first' ? { DIE_AT: moment.of } : {};
}

function endOf(said: string): Pick<Life, 'status' | 'steps' | 'owed'> {
  const run = JSON.parse(said.slice(said.indexOf('\n{') + 1)) as ShellRun & { open_obligations: readonly unknown[] };
  const steps = Object.fromEntries(run.steps.map(({ id, status }) => [id, status]));
  return { status: run.status, steps, owed: run.open_obligations.length };
}
