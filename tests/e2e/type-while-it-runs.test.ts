import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onPseudoTerminal, type PseudoTerminal } from './pseudo-terminal.ts';
import { smallPlan } from './small-plan.ts';

/* Somebody types at a real terminal what a recovery asks for, while it goes on above. */
const PROGRAM = new URL('../../bin/lifeboat.js', import.meta.url).pathname;
const ITEMS = [0, 1];

let folder: string;
let terminal: PseudoTerminal | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-type-'));
  const recipient = /age1\w+/.exec(lifeboat('key', 'new').stdout)?.[0] as string;
  const plan = smallPlan({ recipient, command: 'echo brought', others: { bobexample: '{ name: Bob Example }' } })
    .replace('drill: { protected: false }', 'production: {}')
    .replace('- id: bring', NOISE)
    .replace('id: verify,', 'id: verify, needs: [bring, noise, talk],');
  writeFileSync(join(folder, 'lifeboat.yaml'), plan);
  expect(lifeboat('init', '--repository', './repository').status).toBe(0);
  const pipes = ['talk', ...ITEMS.map((item) => `gate.${item}`)].map((name) => join(folder, name));
  expect(spawnSync('mkfifo', pipes).status).toBe(0);
});
afterEach(() => {
  terminal?.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const lifeboat = (...args: readonly string[]) =>
  spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8' });

/** One step says what the test writes to a pipe; another one ends item by item when the test closes one. */
const NOISE = `- { id: talk, uses: shell.run, needs: [], with: { command: cat talk }, expect: 1s, timeout: 2m }
      - { id: noise, uses: shell.run, needs: [], for_each: [${ITEMS}], with: { command: "cat gate.\${{ item }}" }, expect: 1s, timeout: 2m }
      - id: bring
        needs: []`;

const begin = (more = ''): PseudoTerminal => {
  const command = `LIFEBOAT_USER=ada ${process.execPath} ${PROGRAM} recover loss --environment production ${more}`;
  terminal = onPseudoTerminal(command, { cwd: folder });
  return terminal;
};

const lastRow = (terminal: PseudoTerminal): string => terminal.screen.screen().split('\n').at(-1) ?? '';
const WORD = 'bobexample';
const PROMPT = '      Who answers? (bobexample):';

test('what is typed stays whole below the block, whatever happens above', { timeout: 90_000 }, async () => {
  const person = begin();
  const shows = (row: string) => person.until(row, () => lastRow(person) === row);
  await shows(PROMPT);
  const talk = await open(join(folder, 'talk'), 'w');
  for (const [index, letter] of [...WORD].entries()) {
    const typed = `${PROMPT} ${WORD.slice(0, index + 1)}`;
    person.type(letter);
    await talk.write(`noise at ${letter}${index}\n`);
    await shows(typed);
    await person.until('the noise', ({ screen }) => screen().includes(`noise at ${letter}${index}`));
    expect(lastRow(person)).toBe(typed);
    if (index % 5 !== 4) continue;
    // The end of an item is a line in the log.
    const item = (index - 4) / 5;
    await (await open(join(folder, `gate.${item}`), 'w')).close();
    await person.until('its end', ({ screen }) => screen().includes(`✔ noise.${item}`));
    expect(lastRow(person)).toBe(typed);
  }
  // Taken back sign by sign and as a whole, on another width; then from the clipboard.
  person.type('生\u007f!\u007f');
  await shows(`${PROMPT} bobexample`);
  person.resize(40, 24);
  await person.until('the narrow prompt', ({ screen }) => screen().endsWith(`${PROMPT} bobexa\nmple`));
  person.type('\u0015');
  await shows(PROMPT);
  person.type('\u001b[200~bobexampl\u001b[201~');
  await person.until('the clipboard', ({ screen }) => screen().endsWith(`${PROMPT} bobexa\nmpl`));
  person.type('e\r');
  await shows('      Type yes to approve as bobexample, or no:'.slice(39));
  person.type('yes\r');
  await person.until('the answer', ({ all }) => all().includes('bobexample approved'));
  await talk.close();
  expect(await person.ended).toBe(0);
  const log = person.screen.all();
  expect(log).toContain(`${PROMPT} bobexam\nple\n`);
  expect(log).toContain('Recovered: It is gone');
  expect(log).toMatch(/ended with 0\nisig\nicanon\necho$/);
});

test('Ctrl-C in the middle of a word pauses the run, and the terminal is as it was', { timeout: 90_000 }, async () => {
  const person = begin();
  await person.until('the question', () => lastRow(person).endsWith('(bobexample):'));
  person.type('bo');
  await person.until('the typing', () => lastRow(person).endsWith('(bobexample): bo'));
  person.type('\u0003');
  await person.ended;
  const log = person.screen.all();
  expect(log).toContain('Not sent, because the question is closed: bo');
  expect(log).toContain('lifeboat recover --resume');
  expect(log).toMatch(/ended with (?!0)\d+\nisig\nicanon\necho$/);
});

test('with --plain it is written again below each line that comes', { timeout: 90_000 }, async () => {
  const person = begin('--plain');
  await person.until('the question', () => lastRow(person) === PROMPT);
  const talk = await open(join(folder, 'talk'), 'w');
  for (const [index, letter] of [...'bob'].entries()) {
    person.type(letter);
    await person.until('the letter', () => lastRow(person) === `${PROMPT} ${'bob'.slice(0, index + 1)}`);
    await talk.write(`noise ${index}\n`);
    const below = `noise ${index}\n${PROMPT} ${'bob'.slice(0, index + 1)}`;
    await person.until('the noise', ({ screen }) => screen().endsWith(below));
  }
  person.type('example\r');
  await person.until('the answer', () => lastRow(person).startsWith('      Type yes to approve as bobexample'));
});
