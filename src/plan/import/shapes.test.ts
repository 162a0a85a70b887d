import { describe, expect, test } from 'vitest';
import { isError } from '../../model/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { loadPlan } from '../load.ts';
import { importMarkdown } from './import-markdown.ts';

const imported = (text: string) => importMarkdown({ file: 'DR.md', bytes: new TextEncoder().encode(text) });

function planOf(text: string): Plan {
  const loaded = loadPlan({ file: 'draft.yaml', text: imported(text).yaml, env: () => undefined, mode: 'check' });
  expect(loaded.findings.filter(isError)).toEqual([]);
  if (!loaded.ok) throw new Error('the draft does not load');
  return loaded.plan;
}

const code = (text: string, language = 'bash') => `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
const titlesOf = (plan: Plan) => Object.values(plan.scenarios).map(({ title }) => title);
const stepsOf = (plan: Plan) => Object.values(plan.scenarios)[0]?.steps ?? [];

describe('what is a scenario', () => {
  test('a whole document whose title names one loss, with its steps below headings', () => {
    const plan = planOf(
      `# Restoring the ledger\n\n## Before you begin\n\n- a key\n\n## 1. Stop the writers\n${code('a')}\n## 2. Load the copy\n${code('b')}`,
    );
    expect(titlesOf(plan)).toEqual(['Restoring the ledger']);
    expect(stepsOf(plan).map(({ title }) => title)).toEqual(['Stop the writers', 'Load the copy']);
    expect(Object.values(plan.scenarios)[0]?.prerequisites).toEqual(['a key']);
  });

  test('each chapter of a document that is called a plan', () =>
    expect(
      titlesOf(
        planOf(`# Disaster Recovery Plan\n\n## Database outage\n${code('a')}\n## Loss of the cache\n${code('b')}`),
      ),
    ).toEqual(['Database outage', 'Loss of the cache']));

  test('an alert with symptoms, whatever it is called', () =>
    expect(
      titlesOf(planOf(`# Feed\n\n### LagHigh\n\n#### Symptoms\n\n- slow\n\n#### What to do\n\n1. Look\n`)),
    ).toEqual(['LagHigh']));

  test('not how incidents are handled', () => {
    const plan = planOf(
      `# Plan\n\n## Incident Response\n\n### Phase 1: Detection\n\n1. Look\n\n## Cache lost\n${code('a')}`,
    );
    expect(titlesOf(plan)).toEqual(['Cache lost']);
    expect(Object.keys(plan.procedures)).toEqual(['incident-response']);
  });

  test('announced with its number, answered later: one', () => {
    const plan = planOf(
      `# Plan\n\n## Scenario 1: Cache lost\n\n**RTO**: 1 hour\n\n## Scenario 1: The cache is lost\n${code('a')}`,
    );
    expect(Object.values(plan.scenarios)).toMatchObject([
      { title: 'Cache lost', objectives: { rto: '1h' }, steps: [{ with: { command: 'a' } }] },
    ]);
  });
});

describe('what is a step', () => {
  const inside = (text: string) => stepsOf(planOf(`## Scenario: Cache lost\n\n${text}`));
  const commands = (text: string) => inside(text).map(({ with: input }) => input.command ?? input.instruction);

  test('of cases one is chosen', () => {
    const plan = planOf(
      `## Scenario: Something is gone\n\n### If the queue is gone\n${code('a')}\n### If the bucket is gone\n${code('b')}`,
    );
    expect(stepsOf(plan).map(({ one_of }) => one_of)).toEqual(['way', 'way']);
  });

  test('of ways in one block one is chosen, and what comes before is done in any case', () => {
    const steps = inside(code('look\n# Option A: restart\nrestart it\n# Option B: undo\nundo it'));
    expect(steps.map(({ one_of, title }) => [one_of, title])).toEqual([
      [undefined, expect.any(String)],
      ['way', 'Option A: restart'],
      ['way', 'Option B: undo'],
    ]);
  });

  test('ways that share a variable stay one command', () =>
    expect(commands(code('# Option A\nX=1\n# Option B\necho $X'))).toEqual(['# Option A\nX=1\n# Option B\necho $X']));

  test('an inline command that is all an item says', () =>
    expect(
      commands(
        '1. Run `kubectl get pods`\n2. Restart it: `systemctl restart cache`\n3. See `kubectl get pods` for more\n',
      ),
    ).toEqual(['kubectl get pods', 'systemctl restart cache', '3. See `kubectl get pods` for more']));

  test('code below an item that announces it, though it is not indented', () =>
    expect(commands(`1. Look\n2. Count the keys:\n${code('redis-cli dbsize')}`)).toEqual([
      '1. Look',
      'redis-cli dbsize',
    ]));

  test('what was typed at a prompt, with what is written kept; a transcript is for a person', () => {
    const [typed] = inside(code('$ ls -l \\\n  /srv\n$ df', 'console'));
    expect(typed).toMatchObject({
      uses: 'shell.run',
      with: { command: 'ls -l \\\n  /srv\ndf' },
      note: expect.stringContaining('$ ls -l'),
    });
    expect(inside(code('$ ls\nfile.txt', 'console'))[0]).toMatchObject({
      uses: 'human.task',
      with: { instruction: '$ ls\nfile.txt' },
    });
  });

  test('a language that is no SQL is not sent to a database', () =>
    expect(inside(code('fields @timestamp | limit 20', 'sql'))[0]?.uses).toBe('human.task'));

  test('lines a reader sees as a list', () =>
    expect(commands('i. Stop it\nii. Start it\n')).toEqual(['i. Stop it', 'ii. Start it']));

  test('a drawing is none, a warning is no title', () => {
    const steps = inside(`${code('A\n├── B\n└── C', '')}\n**⚠️ Careful: try it elsewhere first**\n${code('go')}`);
    expect(steps).toMatchObject([{ title: 'Cache lost', with: { command: 'go' } }]);
  });

  test('what shows that it succeeded stays with it', () => {
    const steps = inside(
      `### Step 1: Look\n\n1. look\n\n**✅ Success criteria**: it is green\n\n### Step 2: Go\n${code('go')}\n**Expected result**: done\n`,
    );
    expect(steps[0]?.with.done_when).toBe('it is green');
    expect(steps[1]?.note).toContain('Succeeded when: done');
  });

  test('what a command has answered is none, but it is kept', () => {
    const text = `## Scenario: Cache lost\n${code('look')}\n<details><summary>Output</summary>\n${code('{ "ok": true }', 'json')}\n</details>\n`;
    expect(stepsOf(planOf(text)).map(({ with: input }) => input.command)).toEqual(['look']);
    expect(Object.values(planOf(text).scenarios)[0]?.note).toContain('{ "ok": true }');
  });

  test('rows of a table of actions, with their times and commands', () =>
    expect(
      inside(
        '| # | Activity | Command | Target Time |\n|---|---|---|---|\n| 1 | Stop it | `systemctl stop cache` | < 5 min |\n| 2 | Tell people | | 10 min |\n',
      ),
    ).toMatchObject([
      { title: 'Stop it', uses: 'shell.run', with: { command: 'systemctl stop cache' }, expect: '5m' },
      { title: 'Tell people', uses: 'human.task', expect: '10m' },
    ]));
});

describe('how a document is written', () => {
  const document = '# Plan\n\nOwner: Ops\n\n## Scenario 1: Cache lost\n\n1. Look\n2. Go\n';

  test('with a mark at its start and ends of lines of another system it means the same', () =>
    expect(imported(`\ufeff${document.replaceAll('\n', '\r\n')}`)).toEqual(imported(document)));

  test('with bold lines for headings they are headings', () => {
    const plan = planOf(
      '**CONTINUITY PLAN**\n\n**1. PURPOSE**\n\nTo go on.\n\n**2. LOSS OF THE MILL**\n\n1. Call\n2. Go\n',
    );
    expect(plan.plan.title).toBe('CONTINUITY PLAN');
    expect(titlesOf(plan)).toEqual(['LOSS OF THE MILL']);
  });

  test('a role without people cannot approve, so it is asked', () => {
    const text = '## Scenario: Cache lost\n\n1. Get approval from the Head of Operations\n2. Go\n';
    expect(stepsOf(planOf(text))[0]).toMatchObject({ uses: 'human.approve' });
    expect(stepsOf(planOf(text))[0]?.approve).toBeUndefined();
    expect(
      imported(text)
        .questions.map((question) => question.text)
        .join(),
    ).toContain('Who gives the approval of "Head of Operations"?');
  });
});

describe('where production runs', () => {
  const regions = (text: string) =>
    planOf(
      `# Plan\n\n${text}\n\n| Component | RTO | RPO |\n|---|---|---|\n| Database | 1 h | 1 h |\n\n## Region failure\n${code('a')}`,
    );

  test.each([
    ['Primary region: us-east-1. DR region: us-west-2.', 'aws/us-east-1'],
    ['Replication: eu-west-1 → eu-central-1', 'aws/eu-west-1'],
    ['Hosted in europe-west4, backups are copied to europe-north1.', 'gcp/europe-west4'],
  ])('%s', (text, region) => {
    const plan = regions(text);
    expect(plan.components.database?.domain).toBe(region);
    expect(plan.scenarios['region-failure']?.loses_domains).toEqual([region]);
  });

  test('is asked when two regions may be it', () => {
    const text = 'We use us-east-1 and eu-west-1.';
    expect(regions(text).components.database?.domain).toBeUndefined();
    expect(
      imported(`# Plan\n\n${text}\n\n## Scenario: x lost\n\n1. go\n`).questions.map((question) => question.text),
    ).toContain('In which region does production run: aws/us-east-1, aws/eu-west-1?');
  });
});

test('a restore test into an environment nobody has named yet makes that environment', () => {
  const plan = planOf(
    `# Plan\n\n## Database Backups\n\n- **Frequency**: Daily\n\n### Verification\n\n- Weekly restore to non-prod\n\n## Cache lost\n${code('a')}`,
  );
  expect(Object.values(plan.components)[0]?.backups[0]?.verify).toEqual([
    { how: 'restore', every: 'weekly', into: 'non-prod' },
  ]);
  expect(Object.keys(plan.environments)).toContain('non-prod');
});
