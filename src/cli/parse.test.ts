import { describe, expect, test } from 'vitest';
import { defineCommand, list, needed, optional, PLAN_WORD, text, toggle } from './define-command.ts';
import { parseInput } from './parse.ts';

const command = defineCommand({
  name: 'mend',
  summary: 'Mend something.',
  examples: [],
  args: { thing: needed('What.'), how: optional('How.') },
  flags: { with: text('TOOL', 'The tool.'), set: list('K=V', 'A setting.'), twice: toggle('Do it twice.') },
  fails: ['USAGE'],
  run: async () => null,
  print: () => '',
});

const parse = (...argv: string[]) => parseInput(command, argv);

describe('what was typed', () => {
  test('becomes input, with globals apart', () => {
    const typed = ['boat', '--with', 'hammer', '--set', 'a=1', '--set=b=2', '--twice', '--json', '--plan', 'p.yaml'];
    const { input, globals } = parse(...typed);
    expect(input).toMatchObject({ thing: 'boat', how: undefined, with: 'hammer', set: ['a=1', 'b=2'], twice: true });
    expect(globals).toEqual({ plan: 'p.yaml', json: true, debug: false, help: false });
  });

  test('may leave out what is optional', () => {
    const { input } = parse('boat');
    expect(input).toEqual({ thing: 'boat', how: undefined, set: [], twice: false });
  });

  test('asks for help without anything else being right', () => {
    expect(parse('--help').globals.help).toBe(true);
    expect(parse('-h').globals.help).toBe(true);
  });
});

describe('is refused with what to do', () => {
  test.each([
    [['boat', '--wiht', 'x'], '--wiht is not a flag of "lifeboat mend"', 'Did you mean --with?'],
    [['boat', '--with'], '--with needs a value', 'See: lifeboat mend --help'],
    [['boat', '--with', '--twice'], '--with needs a value', 'See: lifeboat mend --help'],
    [['boat', '--with='], '--with needs a value', 'See: lifeboat mend --help'],
    [['boat', '--with', 'a', '--with', 'b'], '--with was given twice', 'See: lifeboat mend --help'],
    [['boat', '--twice=yes'], '--twice takes no value', 'See: lifeboat mend --help'],
    [[], 'THING is missing', 'See: lifeboat mend --help'],
    [['boat', 'gently', 'now'], 'unexpected word "now"', 'See: lifeboat mend --help'],
  ])('%j', (argv, message, hint) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'USAGE', message, hint }));
  });
});

describe('the plan as a word', () => {
  const judge = defineCommand({
    name: 'judge',
    summary: 'Judge something.',
    examples: [],
    args: { plan: PLAN_WORD },
    flags: {},
    fails: ['USAGE'],
    run: async () => null,
    print: () => '',
  });

  test('is what --plan says', () => {
    const { globals } = parseInput(judge, ['p.yaml', '--json']);
    expect(globals).toEqual(parseInput(judge, ['--json', '--plan', 'p.yaml']).globals);
    expect(parseInput(judge, ['p.yaml']).globals.plan).toBe('p.yaml');
    expect(parseInput(judge, []).globals.plan).toBeUndefined();
  });

  test.each([
    [['p.yaml', '--plan', 'q.yaml'], 'the plan was given twice: "p.yaml" and --plan q.yaml'],
    [['p.yaml', '--plan', 'p.yaml'], 'the plan was given twice: "p.yaml" and --plan p.yaml'],
    [['p.yaml', 'q.yaml'], 'unexpected word "q.yaml"'],
  ])('is refused: %j', (argv, message) => {
    expect(() => parseInput(judge, argv)).toThrow(
      expect.objectContaining({ code: 'USAGE', message, hint: 'See: lifeboat judge --help' }),
    );
  });
});
