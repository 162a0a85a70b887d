import { describe, expect, test } from 'vitest';
import { FACTS } from '../check/checked-plan.fake.ts';
import { scenarioSums } from '../check/scenario-sums.ts';
import type { Block, Section } from './document.ts';
import type { Measurement } from './measurement.ts';
import { planDocument } from './plan-document.ts';
import { allSections, subjectWith } from './subject.fake.ts';
import type { Subject } from './subject.ts';
import { idsOf } from './whole-links.ts';
import { writeMarkdown } from './write-markdown.ts';

const markdown = (fragment = '', more: Partial<Subject> = {}) =>
  writeMarkdown(planDocument(subjectWith(fragment || '{}', more)));
/** One part of the document, up to the next heading of its height or above. */
function part(text: string, id: string): string {
  const from = text.indexOf(`<a id="${id}"></a>`);
  if (from < 0) throw new Error(`there is no ${id}`);
  const heading = /^#+/m.exec(text.slice(from))?.[0] ?? '#';
  const rest = text.slice(from).split(new RegExp(`^#{1,${heading.length}} `, 'm'));
  return `${rest[0]}${rest[1]}`;
}
const run = (more: Partial<Measurement> = {}): Measurement => ({
  run: 'run-7',
  scenario: 'loss',
  environment: 'production',
  ended_at: '2026-05-20T10:00:00.000Z',
  status: 'succeeded',
  rto_seconds: 1865,
  rto_met: true,
  ...more,
});

describe('the first page', () => {
  const LADDER = `
people: { ann: { phone: "+49 30 1" }, bob: { phone: "+49 30 23125202" } }
escalation: { page: { until: acknowledged, levels: [{ after: "0", to: [keeper] }, { after: 6m, to: [second] }] } }
roles: { second: { people: [bob] } }
severities: { p0: { title: All is down, respond_within: 5m, team: [keeper], examples: [{ text: All is lost, scenario: loss }] } }
scenarios: { loss: { detection: [Nothing answers, The disk is gone] } }`;

  test('says whom to call first, with numbers, and who comes next', () => {
    const now = part(markdown(LADDER), 'now');
    expect(now).toContain(
      '2. Call Ann Example [+49 30 1](tel:+49301), then Bob Example [+49 30 23125202](tel:+493023125202)',
    );
    expect(now).toContain('nobody answers within 6m: Bob Example');
  });

  test('leads from what is seen to the scenario, with its severity', () => {
    expect(part(markdown(LADDER), 'signs')).toContain(
      '- **[1 · All is lost](#scenario.loss)** p0\n    - Nothing answers\n    - The disk is gone',
    );
  });

  test('calls the one who keeps the plan when there is no ladder', () =>
    expect(part(markdown(), 'now')).toContain(
      '2. Call Ann Example [ann@example.com](mailto:ann@example.com), then Bob',
    ));
});

describe('what is promised', () => {
  const promises = (fragment: string, more: Partial<Subject> = {}) =>
    part(markdown(fragment, more), 'scenario.loss.promises');

  test('is what holds, with who has set it', () => {
    expect(promises('')).toContain('| **RTO** time until it serves | **1h** set by this scenario |');
    expect(promises('objectives: { rto: 2h }\nscenarios: { loss: { objectives: { rto: 45m } } }')).toContain(
      '**45m** set by this scenario',
    );
  });

  test('of a scenario that promises nothing itself is what it loses promises', () => {
    const subject = subjectWith('{}');
    const { objectives: _, ...scenario } = subject.plan.scenarios.loss as Subject['plan']['scenarios'][string];
    const plan = { ...subject.plan, scenarios: { loss: { ...scenario, objectives: {} } } };
    expect(
      part(
        writeMarkdown(planDocument({ ...subject, plan, sums: (name) => scenarioSums(plan, name, FACTS) })),
        'scenario.loss.promises',
      ),
    ).toContain('**1h** set by the component database');
  });

  test('stands beside what the plan adds up to', () => {
    expect(promises('')).toContain('30m to 40m **kept**');
    expect(promises('scenarios: { loss: { objectives: { rto: 30m } } }')).toContain('30m to 40m **broken**');
    expect(promises('scenarios: { loss: { healthy: verify } }')).toContain('noticing 5m + approving restore 0s to 10m');
  });

  test('stands beside what was measured last', () => {
    expect(promises('', { measured: [run()] })).toContain('**31m 5s** **kept** 2026-05-20, run run-7 in production |');
    expect(promises('', { measured: [run({ rto_met: false })] })).toContain('**31m 5s** **broken** 2026-05-20');
  });

  test('of which nothing was measured says so, and without a record does not claim it', () => {
    expect(promises('', { measured: [] })).toContain('**never measured**');
    expect(promises('')).toContain('no record is kept');
    expect(promises('')).not.toContain('never measured');
  });

  test('was not kept by a run that failed', () => {
    const { rto_seconds: _, rto_met: __, ...failed } = run({ status: 'failed' });
    expect(promises('', { measured: [failed] })).toContain(
      '**not measured** 2026-05-20, run run-7 in production, failed',
    );
  });

  test('says the worst loss of the copies that the steps restore from', () =>
    expect(promises('')).toMatch(
      /\[database\]\(#component.database\) \(promised 5m by this scenario\): at worst .*\(the steps restore from it\)/,
    ));

  test('says what nothing copies, and when nothing of it is left', () => {
    expect(promises('components: { database: { backups: [] } }')).toContain('**nothing copies it**, all of it is lost');
    expect(promises('scenarios: { loss: { loses_domains: [cellar] } }')).toContain('**no copy of it is left**');
  });

  test('names the last drill, or that there is none', () => {
    expect(promises('')).toContain('Last drill: [All is brought back](#drill.rehearsal) **2026-05-20**');
    expect(promises('drills: { rehearsal: { last: never } }')).toContain('(#drill.rehearsal) **never**');
    expect(promises('drills: { rehearsal: { scenarios: [] } }')).toContain('**No drill** rehearses this scenario');
  });
});

describe('the steps', () => {
  const STEPS = (steps: string) =>
    part(
      markdown(
        `scenarios: { loss: { healthy: verify, steps: [${steps}, { id: verify, uses: postgres.verify_server, with: { component: database } }] } }`,
      ),
      'scenario.loss.steps',
    );

  test('say what holds a step back, who confirms it, and that it is then taken back', () => {
    const steps = STEPS(
      '{ id: fence, uses: human.task, with: { instruction: Cut it off } }, { id: open, uses: postgres.open_server, with: { component: database }, proven: [fence], safety_point: database, approve: { role: keeper, within: 10m }, confirm: { role: keeper, within: 5m } }',
    );
    for (const line of [
      '- Only when still proven: fence: look again right before',
      '- Only after a new recovery point of: database',
      'within 5m, that the world is right; else it is taken back',
    ])
      expect(steps).toContain(line);
  });

  test('say what is done, who agrees, how long it takes', () => {
    const steps = part(markdown(), 'scenario.loss.steps');
    expect(steps).toContain('##### 1 ☐ restore');
    expect(steps).toContain('With component [database](#component.database)');
    expect(steps).toContain('- Approved by: 1 of [keeper](#role.keeper) (Ann Example, Bob Example), within 10m');
    expect(part(markdown(), 'scenario.loss.before')).toContain(
      '- Has to say yes: [keeper](#role.keeper): Ann Example [ann@',
    );
    expect(steps).toContain('- Takes: about 20m, given up after 30m');
  });

  test('hold commands as they are typed, with blanks for what only a run knows', () => {
    const steps = STEPS(
      '{ id: find, uses: shell.run, with: { command: "ls | head" } }, { id: use, uses: shell.run, with: { command: "use ${{ steps.find.outputs.name }} && done" } }',
    );
    expect(steps).toContain('```\nls | head\n```');
    expect(steps).toContain('```\nuse (from step find: name) && done\n```');
  });

  test('do not show a text that holds a secret, but where it stands', () => {
    const steps = STEPS(
      '{ id: a, uses: shell.run, with: { command: "psql postgres://a:hunter2@db.example.com/x", of: database } }',
    );
    expect(steps).not.toContain('hunter2');
    expect(steps).toMatch(/The command is not shown: it holds a secret\.\*\* It stands in plan\.yaml:\d+/);
    expect(steps).toContain('With of [database](#component.database)');
    const inProcedure =
      markdown(`scenarios: { loss: { healthy: b, steps: [{ id: a, uses: procedure, with: { procedure: p } }, { id: b, uses: shell.run, with: { command: b } }] } }
procedures: { p: { title: P, steps: [{ id: x, uses: shell.run, with: { command: "psql postgres://a:hunter2@db.example.com/x" } }] } }`);
    expect(inProcedure).not.toContain('hunter2');
  });

  test('of people say what to do and when it is done', () => {
    const steps = STEPS('{ id: ask, uses: human.task, with: { instruction: Ask them., done_when: They said yes. } }');
    expect(steps).toContain('\n\nAsk them.\n\n');
    expect(steps).toContain('- Done when: They said yes.');
  });

  test('at which a machine looks say when they end by themselves', () => {
    const look = 'uses: shell.look, with: { command: ls }, until: outputs.exit_code == 0';
    const task = STEPS(
      `{ id: ask, uses: human.task, with: { instruction: Ask., done_when: { text: They said yes., ${look} } } }`,
    );
    expect(task).toContain('- Done when: They said yes.');
    expect(task).toContain('- Ends by itself when: `shell.look gives exit_code == 0`, looked at every 10s');
    const wait = STEPS(`{ id: hold, uses: time.wait_until, with: { ${look}, every: 1m, within: 10m } }`);
    expect(wait).toContain('- Ends by itself when: `shell.look gives exit_code == 0`, looked at every 1m');
  });

  test('say on what condition, where, and what when they fail', () => {
    const steps = STEPS(
      '{ id: a, uses: shell.run, with: { command: a }, when: "${{ inputs.x > 1 }}", in: cellar, on_failure: continue, retry: { times: 3, every: 5s }, note: Beware }',
    );
    expect(steps).toContain('- Only when: `inputs.x > 1`');
    expect(steps).toContain('- Acts in: [cellar](#domain.cellar): Another building');
    expect(steps).toContain('- When it fails: try 3 more times, 5s apart; then go on with the next step');
    expect(steps).toContain('- Note: Beware');
  });

  test('that are ways beside each other are letters, and what follows waits for the way that was taken', () => {
    const steps = STEPS(
      '{ id: a, one_of: way, uses: shell.run, with: { command: a } }, { id: b, one_of: way, uses: shell.run, with: { command: b } }',
    );
    expect(steps).toContain('##### 1a ☐ a\n\nOne of several ways: way');
    expect(steps).toContain('##### 1b ☐ b');
    expect(steps).toContain(
      '- Begins: after the way that was taken of [1a](#scenario.loss.step.a) or [1b](#scenario.loss.step.b)',
    );
  });

  test('that begin at once say so', () =>
    expect(
      STEPS(
        '{ id: a, uses: shell.run, with: { command: a } }, { id: b, needs: [], uses: shell.run, with: { command: b } }',
      ),
    ).toContain('- Begins: at once, beside the steps above'));

  test('that take something away say that it must be put back, and which step does', () => {
    const text = markdown(`scenarios: { loss: { steps: [
      { id: block, uses: postgres.block_role, with: { component: database, role: x } },
      { id: verify, uses: postgres.verify_server, with: { component: database } },
      { id: unblock, uses: postgres.unblock_role, with: { component: database, role: x } }] } }`);
    expect(part(text, 'scenario.loss.steps')).toContain('- Must be put back: **yes**, before the recovery is over');
    expect(part(text, 'scenario.loss.after')).toContain(
      '- Has to be put back: 1 [block](#scenario.loss.step.block)\n- Is put back by: 3 [unblock]',
    );
  });
});

describe('a scenario', () => {
  test('is recovered by two commands that can be typed', () => {
    const fragment =
      'scenarios: { loss: { inputs: { to: { describe: Where to }, size: { describe: How big, default: 3 } } } }';
    expect(part(markdown(fragment), 'scenario.loss.before')).toContain(
      '```\nlifeboat recover loss --set to=(input to) --dry-run\nlifeboat recover loss --set to=(input to)\n```',
    );
    const elsewhere = markdown(fragment, { planFile: 'other.yaml', environment: 'drill' });
    expect(part(elsewhere, 'scenario.loss.before')).toContain(
      'lifeboat recover loss --plan other.yaml --environment drill --set',
    );
  });

  test('is done by hand when this build lacks an action', () => {
    const text = markdown('scenarios: { loss: { healthy: a, steps: [{ id: a, uses: moon.move, with: {} }] } }');
    expect(part(text, 'scenario.loss.before')).toContain(
      'By hand, step by step: this build of Lifeboat cannot carry out moon.move.',
    );
  });

  test('without steps says so', () =>
    expect(part(markdown('scenarios: { none: { title: None, loses: [api] } }'), 'scenario.none.before')).toContain(
      '**The plan has no steps',
    ));

  test('asks whether more is lost, and leads to where that is answered', () => {
    const text = markdown('scenarios: { small: { title: A little, loses: [api], steps: [] } }');
    expect(part(text, 'scenario.small.decisions')).toContain(
      '- **Is more lost than this?**\n  - [database](#component.database) is lost too: go to\n    - [1 · All is lost](#scenario.loss)\n  - no: stay here',
    );
  });

  test('names its ways, its conditions and its way back', () => {
    const text =
      markdown(`scenarios: { loss: { healthy: c, rollback: Put the old one back, failback: { not_needed: Nothing moved. }, steps: [
      { id: a, one_of: way, when: "\${{ inputs.x }}", uses: shell.run, with: { command: a } },
      { id: b, one_of: way, uses: shell.run, with: { command: b } },
      { id: c, when: "\${{ inputs.y }}", uses: shell.run, with: { command: c } }] } }`);
    const decided = part(text, 'scenario.loss.decisions');
    expect(decided).toContain(
      '**Which way? One of these (way)**\n  - when `inputs.x`: 1a [a](#scenario.loss.step.a)\n  - 1b [b](#scenario.loss.step.b)',
    );
    expect(decided).toContain('**Step 2 is done only when** `inputs.y`');
    expect(decided).toContain('take back: Put the old one back');
    expect(part(text, 'scenario.loss.after')).toContain('- To go back to normal: nothing to do. Nothing moved.');
  });

  test('shows what is found wrong in it, but no notes', () => {
    const finding = { rule: 'r', at: { file: 'plan.yaml', line: 3, column: 1 }, hint: 'Do better.' } as const;
    const findings = [
      { ...finding, level: 'error', path: 'scenarios.loss.steps.a', message: 'this is wrong' },
      { ...finding, level: 'info', path: 'scenarios.loss', message: 'a note' },
      { ...finding, level: 'warning', path: 'scenarios.losses', message: 'of another' },
    ] as const;
    const text = markdown('', { findings });
    expect(part(text, 'scenario.loss.findings')).toContain('- **error** this is wrong. Do better.');
    expect(part(text, 'scenario.loss.findings')).not.toMatch(/a note|of another/);
    expect(part(text, 'findings')).toMatch(/error.*this is wrong[\s\S]*warning.*of another[\s\S]*1 note that/);
  });
});

test('nothing wrong is said as such', () =>
  expect(part(markdown('', { findings: [], judgedOn: '2026-05-20' }), 'findings')).toMatch(
    /2026-05-20[\s\S]*Nothing is open/,
  ));

test('what comes from unknown variables is named', () =>
  expect(
    part(
      markdown('', { notKnown: ['repository.folder needs the environment variable X, which is not set here'] }),
      'made',
    ),
  ).toContain('- repository.folder needs the environment variable X'));

test('titles may be the same, be empty of letters, or try to be markup: anchors are made of names', () => {
  const fragment =
    'scenarios: { loss: { title: 🚒 }, again: { title: 🚒, loses: [api] }, third: { title: "<b>#</b>", loses: [api] } }';
  const document = planDocument(subjectWith(fragment));
  const ids = idsOf(document);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['scenario.loss', 'scenario.again', 'scenario.third']));
  expect(ids.filter((id) => !/^[a-z][a-z0-9_./-]*$/.test(id))).toEqual([]);
});

test('no section is empty', () => {
  const document = planDocument(subjectWith('{}'));
  const bare = (one: Section) => one.blocks.length === 0 && (one.sections ?? []).length === 0;
  expect(allSections([document.first, ...document.sections]).filter(bare)).toEqual([]);
  const empty = (block: Block) => block.kind === 'list' && block.items.length === 0;
  expect(allSections(document.sections).flatMap(({ blocks }) => blocks.filter(empty))).toEqual([]);
});

test('two renderings are the same to the byte', () => expect(markdown()).toBe(markdown()));
