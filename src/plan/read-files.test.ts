import { describe, expect, test } from 'vitest';
import { type LoadedPlan, loadPlan, type UnusablePlan } from './load.ts';
import { edit, lineOf, PLAN, request } from './sample-plan.fake.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** The sample plan with includes, and the files there are. */
function load(include: string, files: Files, text = PLAN): LoadedPlan | UnusablePlan {
  return loadPlan({
    ...request(`include: ${include}\n${text}`),
    file: 'dr/plan.yaml',
    readInclude: (file) => {
      const bytes = files[file];
      return bytes === undefined ? { why: 'there is no such file' } : { bytes };
    },
  });
}

const said = ({ findings }: LoadedPlan | UnusablePlan): string[] =>
  findings.map(({ rule, at, message }) => `${rule} ${at.file}:${at.line}:${at.column} ${message}`);

const ONE = 'people:\n  bob: { name: Bob Example }\nroles:\n  helper: { people: [bob] }\n';

describe('a plan in several files', () => {
  test('is one plan', () => {
    const result = load('[people.yaml, ../shared/all.yaml]', {
      'dr/people.yaml': ONE,
      'shared/all.yaml': 'lifeboat: 1\nclasses: { first: { objectives: { rto: 1h } } }\n',
    });
    expect(result.findings).toEqual([]);
    expect(result).toMatchObject({
      ok: true,
      plan: { people: { ann: {}, bob: {} }, roles: { keeper: {}, helper: {} }, classes: { first: {} } },
    });
  });

  test('findings point into the file that is wrong', () => {
    const wrong =
      'people:\n  bob: { name: Bob Example }\nroles:\n  helper: { people: [bop] }\n  other: { persons: [] }\n';
    expect(said(load('[people.yaml]', { 'dr/people.yaml': wrong }))).toEqual([
      'plan.schema dr/people.yaml:5:12 roles.other has no field "persons"',
    ]);
    expect(said(load('[people.yaml]', { 'dr/people.yaml': wrong.replace('persons: []', 'title: x') }))).toEqual([
      'plan.reference dr/people.yaml:4:22 roles.helper.people[0] names the person "bop", which does not exist',
    ]);
  });

  test('lists follow each other, and their places are kept', () => {
    const waiver = (rule: string) =>
      `waivers:\n  - { rule: ${rule}, at: plan, reason: known, owner: nobody, expires: 2030-01-01 }\n`;
    const result = load('[a.yaml, b.yaml]', { 'dr/a.yaml': waiver('one'), 'dr/b.yaml': `\n${waiver('two')}` });
    expect(result).toMatchObject({ ok: true, plan: { waivers: [{ rule: 'one' }, { rule: 'two' }] } });
    expect(said(result).map((line) => line.split(' ')[1])).toEqual(['dr/a.yaml:2:50', 'dr/b.yaml:3:50']);
  });

  test('what differs in an environment may stand in another file', () => {
    const result = load('[drill.yaml]', {
      'dr/drill.yaml': 'environments:\n  test: { components: { api: { kind: servce } } }\n',
    });
    expect(result.ok).toBe(true);
    const chosen = loadPlan({
      ...request(`include: [drill.yaml]\n${PLAN}`, { environment: 'test' }),
      readInclude: () => ({ bytes: 'environments:\n  test: { components: { api: { kind: servce } } }\n' }),
    });
    expect(said(chosen)[0]).toMatch(/^plan.schema drill.yaml:2:38 components.api.kind/);
  });

  test('a file may be included by two others', () => {
    const files = { 'dr/a.yaml': 'include: [c.yaml]\n', 'dr/b.yaml': 'include: [c.yaml]\n', 'dr/c.yaml': ONE };
    expect(load('[a.yaml, b.yaml]', files).findings).toEqual([]);
  });
});

describe('what is said twice', () => {
  test.each([
    [
      'a name',
      'people:\n  ann: { name: Another }\n',
      'plan.duplicate dr/x.yaml:2:3 people.ann stands here for the second time',
    ],
    [
      'a part that is one thing',
      'plan: { name: x }\n',
      'plan.duplicate dr/x.yaml:1:1 plan stands here for the second time',
    ],
    ['another version', 'lifeboat: 2\n', 'plan.duplicate dr/x.yaml:1:1 lifeboat stands here for the second time'],
    [
      'a map in place of a list of names',
      'people: [ann]\n',
      'plan.duplicate dr/x.yaml:1:1 people stands here for the second time',
    ],
  ])('%s', (_, text, message) => {
    const result = load('[x.yaml]', { 'dr/x.yaml': text });
    expect(result.ok).toBe(false);
    expect(said(result)).toEqual([message]);
  });

  test('both places are told', () => {
    const { findings } = load('[x.yaml]', { 'dr/x.yaml': 'people:\n  ann: { name: Another }\n' });
    const line = lineOf(PLAN, '  ann:') + 1;
    expect(findings[0]?.hint).toBe(`It stands in dr/plan.yaml:${line} already. Keep one of them.`);
    expect(findings[0]?.related?.[0]?.at).toEqual({ file: 'dr/plan.yaml', line, column: 3 });
  });
});

describe('files that cannot be read', () => {
  test.each<[string, string, Files, string]>([
    [
      'a missing one',
      '[no.yaml]',
      {},
      'plan.include dr/plan.yaml:1:11 dr/no.yaml cannot be read: there is no such file',
    ],
    ['an absolute one', '[/etc/x.yaml]', {}, 'plan.include dr/plan.yaml:1:11 "/etc/x.yaml" is no file beside this one'],
    ['an empty name', '[""]', {}, 'plan.include dr/plan.yaml:1:11 "" is no file beside this one'],
    ['an empty one', '[x.yaml]', { 'dr/x.yaml': '' }, 'plan.syntax dr/x.yaml:1:1 the file is empty'],
    ['one that is no YAML', '[x.yaml]', { 'dr/x.yaml': 'a: [' }, 'plan.syntax dr/x.yaml:1:5 this line is not indented'],
    [
      'bytes',
      '[x.yaml]',
      { 'dr/x.yaml': new Uint8Array([0xff, 0xfe]) },
      'plan.syntax dr/x.yaml:1:1 the file is not UTF-8',
    ],
  ])('%s', (_, include, files, message) => {
    const result = load(include, files);
    expect(result.ok).toBe(false);
    expect(said(result)).toHaveLength(1);
    expect(said(result)[0]).toContain(message);
  });

  test('all of them are told at once', () =>
    expect(said(load('[a.yaml, b.yaml, c.yaml]', { 'dr/b.yaml': 'x: {' }))).toHaveLength(3));

  test('a plan that is itself unreadable says only that', () =>
    expect(said(load('[a.yaml]', {}, 'x: {')).map((line) => line.split(' ')[0])).toEqual(['plan.syntax']));

  test('a circle is told with its way', () => {
    const files = { 'dr/a.yaml': 'include: [sub/b.yaml]\n', 'dr/sub/b.yaml': 'include: [../a.yaml]\n' };
    expect(said(load('[a.yaml]', files))).toEqual([
      'plan.cycle dr/sub/b.yaml:1:11 files that include each other in a circle: dr/a.yaml → dr/sub/b.yaml → dr/a.yaml',
    ]);
    expect(said(load('[plan.yaml]', {}))[0]).toContain('dr/plan.yaml → dr/plan.yaml');
  });

  test('too many, and too much', () => {
    const many = Array.from({ length: 101 }, (_, n) => `f${n}.yaml`);
    const files = Object.fromEntries(
      many.map((name, n) => [`dr/${name}`, `tasks: { t${n}: { title: x, every: 1d } }\n`]),
    );
    expect(said(load(`[${many.join(', ')}]`, files)).join()).toContain('the plan has more than 100 files');
    const large = `# ${'x'.repeat(1_900_000)}\ntasks: {}\n`;
    const names = ['a', 'b', 'c', 'd', 'e'];
    const all = Object.fromEntries(names.map((name) => [`dr/${name}`, large]));
    expect(said(load(`[${names.join()}]`, all)).join()).toContain('more than 8 MB');
  });

  test('where nobody reads files, a plan that includes some is refused', () =>
    expect(said(loadPlan(request(`include: [a.yaml]\n${PLAN}`)))[0]).toContain('are not read here'));

  test('an include of the wrong form is told by the schema', () =>
    expect(said(loadPlan(request(edit('lifeboat: 1', 'lifeboat: 1\ninclude: [{ a: 1 }]'))))[0]).toContain(
      'plan.schema plan.yaml:2:11 include[0]: must be a text',
    ));
});
