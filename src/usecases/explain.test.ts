import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { explainCommand } from '../cli/commands/explain.ts';
import { explain } from './explain.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const file = () => join(rig.folder, 'lifeboat.yaml');
const planLines = () => readFileSync(file(), 'utf8').split('\n');
const rewrite = (change: (text: string) => string) => writeFileSync(file(), change(readFileSync(file(), 'utf8')));
const told = (path: string, environment?: string) =>
  explain(path, rig.services(environment === undefined ? {} : { chosen: { environment } }));
const printed = (path: string) => explainCommand.print(told(path), undefined as never);

describe('an objective', () => {
  test('that stands at the component itself', () => {
    const found = told('components.database.rto');
    expect(found).toMatchObject({
      path: 'components.database.objectives.rto',
      value: '1h',
      origin: 'written',
      overridden: [],
    });
    expect(planLines()[found.at.line - 1]).toContain('objectives: { rto: 1h, rpo: 2h }');
  });

  test('that comes from the class, with what it overrides', () => {
    rewrite(
      (text) =>
        `${text.replace('    objectives: { rto: 1h, rpo: 2h }\n    backups', '    class: first\n    backups')}classes: { first: { objectives: { rto: 20m } } }\nobjectives: { rto: 8h, rpo: 1d }\n`,
    );
    expect(told('components.database.objectives.rto')).toMatchObject({
      value: '20m',
      from: 'classes.first.objectives.rto',
      origin: 'effective',
      overridden: [{ value: '8h', from: 'objectives.rto' }],
    });
    expect(printed('components.database.rto')).toMatch(
      /^components.database.objectives.rto = 20m\n {2}from classes.first.objectives.rto, written at lifeboat.yaml:\d+:\d+\n {2}does not hold: 8h, from objectives.rto, written at lifeboat.yaml:\d+:\d+$/,
    );
  });

  test('that nobody promises', () => {
    rewrite((text) => text.replace('    objectives: { rto: 1h, rpo: 2h }\n    backups', '    backups'));
    expect(() => told('components.database.rto')).toThrow('nothing promises an RTO for components.database');
  });
});

describe('any other value', () => {
  test('is told with its place; steps may be named', () => {
    const found = told('scenarios.fire.steps.rebuild.timeout');
    expect(found).toMatchObject({ path: 'scenarios.fire.steps[1].timeout', value: '5m', origin: 'written' });
    expect(found.at).toMatchObject({
      file: 'lifeboat.yaml',
      line: planLines().findIndex((line) => line.includes('id: rebuild')) + 6,
    });
  });

  test('that nobody wrote is a default', () => {
    expect(told('scenarios.fire.steps.rebuild.on_failure')).toMatchObject({ value: 'ask', origin: 'default' });
    expect(printed('scenarios.fire.kind')).toContain('scenarios.fire.kind = disaster\n  not written');
  });

  test('that was worked out shows its expression', () =>
    expect(printed('components.database.connection')).toContain('worked out from ${{ secret("env:DATABASE_URL") }}'));

  test('of an environment says so', () => {
    rewrite((text) =>
      text.replace(
        'drill: { protected: false }',
        'drill: { protected: false, components: { database: { title: The copy } } }',
      ),
    );
    expect(told('components.database.title', 'drill')).toMatchObject({
      value: 'The copy',
      origin: 'environment',
      environment: 'drill',
    });
  });

  test('of an included file points there', () => {
    writeFileSync(join(rig.folder, 'more.yaml'), 'tasks:\n  look: { title: Look, every: weekly }\n');
    rewrite((text) => text.replace('lifeboat: 1', 'lifeboat: 1\ninclude: [more.yaml]'));
    expect(told('tasks.look.every').at).toEqual({ file: 'more.yaml', line: 2, column: 31 });
  });

  test('that is a component is told with what is promised for it', () => {
    expect(told('components.database').objectives?.map(({ path, value }) => `${path} ${value}`)).toEqual([
      'components.database.objectives.rto 1h',
      'components.database.objectives.rpo 2h',
    ]);
    expect(printed('scenarios.fire')).toContain('\n\nscenarios.fire.objectives.rto = 1h\n');
  });

  test('with a secret in clear is not shown', () => {
    rewrite((text) => text.replace('${{ secret("env:DATABASE_URL") }}', 'postgresql://app:hunter2@db/app'));
    for (const path of ['components.database.connection', 'components.database', 'components'])
      expect(printed(path)).not.toContain('hunter2');
    expect(printed('components.database.connection')).toContain('not shown: it holds a secret in clear');
    expect(printed('components.database.kind')).toContain('postgres');
  });
});

describe('what cannot be explained', () => {
  test.each([
    ['components.databse.kind', 'Did you mean components.database?'],
    ['nothing', 'A plan has: lifeboat,'],
    ['scenarios.fire.steps.rebuild.timeot', 'Did you mean scenarios.fire.steps.rebuild.timeout?'],
    ['components.databse.rto', 'Did you mean components.database?'],
  ])('%s', (path, hint) => {
    const failed = (() => {
      try {
        return told(path);
      } catch (error) {
        return error;
      }
    })();
    expect(failed).toMatchObject({ code: 'USAGE', hint: expect.stringContaining(hint) });
  });

  test('a plan that cannot be read', () => {
    rewrite(() => 'lifeboat: [');
    expect(() => told('plan')).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  });
});
