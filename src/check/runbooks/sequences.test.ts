import { describe, expect, test } from 'vitest';
import { FACTS, planWith } from '../checked-plan.fake.ts';
import { shellPlan } from '../shell-steps.fake.ts';
import { commandsAfter, type Sequence, sequencesOf } from './sequences.ts';

const of = (fragment: string): readonly Sequence[] => sequencesOf(planWith(fragment).plan, FACTS);
const said = (acts: Sequence['acts']): readonly string[] =>
  acts.map(({ name, command }) => name ?? String(command?.words[0]?.value));

const ONE = { title: 'x', steps: [{ id: 'a', uses: 'shell.run', with: { command: 'one' } }] };

describe('what is done one after the other', () => {
  const [loss] = of(shellPlan(['a; b', 'c', { uses: 'postgres.verify_server', with: { component: 'database' } }])) as [
    Sequence,
  ];

  test('commands in their order, between the typed actions', () =>
    expect(said(loss.acts)).toEqual(['a', 'b', 'c', 'postgres.verify_server']));

  test('in one text by place, between steps by what they wait for', () => {
    const [a, b, c] = loss.acts as [Sequence['acts'][number], Sequence['acts'][number], Sequence['acts'][number]];
    expect(said(loss.before(b))).toEqual(['a']);
    expect(said(loss.before(c))).toEqual(['a', 'b']);
    expect(said(loss.after(a))).toEqual(['b', 'c', 'postgres.verify_server']);
  });

  test('of two ways neither comes before the other', () => {
    const [book] = of(
      shellPlan(['a', { one_of: 'way', with: { command: 'b' } }, { one_of: 'way', with: { command: 'c' } }]),
    ) as [Sequence];
    const c = book.acts[2] as Sequence['acts'][number];
    expect(said(book.before(c))).toEqual(['a']);
  });

  test('a procedure is judged where it is used, and alone only when nobody uses it', () => {
    const used = of(
      shellPlan([{ uses: 'procedure', with: { procedure: 'tell' } }], {}, { procedures: { tell: ONE, idle: ONE } }),
    );
    expect(used.map(({ name, path }) => [name, path[0]])).toEqual([
      ['loss', 'scenarios'],
      ['idle', 'procedures'],
    ]);
    expect(used.map(({ acts }) => acts[0]?.path.slice(0, 2))).toEqual([
      ['procedures', 'tell'],
      ['procedures', 'idle'],
    ]);
    expect(used[1]?.scenario).toBeUndefined();
  });

  test('procedures that use only each other are judged once', () => {
    const use = (procedure: string) => ({
      title: 'x',
      steps: [...ONE.steps, { id: 'b', uses: 'procedure', with: { procedure } }],
    });
    const round = of(shellPlan(['a'], {}, { procedures: { one: use('two'), two: use('one'), idle: use('one') } }));
    expect(round.map(({ name }) => name)).toEqual(['loss', 'idle']);
    expect(round[1]?.steps.map(({ step }) => step.id)).toEqual(['a', 'b.a', 'b.b.a', 'b.b.b']);
    const alone = of(shellPlan(['a'], {}, { procedures: { one: use('two'), two: use('one') } }));
    expect(alone.map(({ name }) => name)).toEqual(['loss', 'one']);
    expect(alone[1]?.steps.map(({ path }) => path[1])).toEqual(['one', 'two', 'one', 'one']);
  });

  test('a command follows another when it is no part of its words', () => {
    const [book] = of(shellPlan(['a "$(b)"; c', "ssh host 'd; e'"])) as [Sequence];
    const commandsBehind = (name: string) => {
      const one = book.commands.find(({ command }) => command.program === name);
      return one && commandsAfter(book, one).map(({ command }) => command.program);
    };
    expect(commandsBehind('a')).toEqual(['c', 'ssh', 'd', 'e']);
    expect(commandsBehind('d')).toEqual(['e']);
  });
});
