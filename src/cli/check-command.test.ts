import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { runInRig } from './testing/run-in-rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const cli = (...argv: readonly string[]) => runInRig(rig, argv);

/** One finding of the loader, one of a rule, one with another place, one that is waived, one of the waivers. */
const FAULTY = (plan: string): string =>
  `${plan
    .replace('owner: commander', 'owner: comander')
    .replace(/objectives: \{ rto: 1h(?=.*\n +detect)/, 'objectives: { rto: 2h')
    .replace('${{ secret("env:DATABASE_URL") }}', 'postgres://a:canary-p4ss@127.0.0.1/shop')}waivers:
  - { rule: no-verification, at: scenarios.fire, reason: a test, owner: commander, expires: 2025-12-31 }
  - { rule: drilled-at-all, at: scenarios, reason: next month, owner: commander, expires: 2026-12-31 }
`;
const RULES_OF_GOLDEN = ['plan.reference', 'literal-secret', 'objective-conflict', 'drilled-at-all', 'waiver-expired'];

const GOLDEN = `{
  "plan": "FOLDER/lifeboat.yaml",
  "environment": "production",
  "ok": false,
  "sound": false,
  "judged": true,
  "errors": 4,
  "warnings": 0,
  "findings": [
    {
      "rule": "plan.reference",
      "level": "error",
      "message": "plan.owner names the role \\"comander\\", which does not exist",
      "hint": "Did you mean commander?",
      "at": {
        "file": "lifeboat.yaml",
        "line": 2,
        "column": 45
      }
    },
    {
      "rule": "literal-secret",
      "level": "error",
      "at": {
        "file": "lifeboat.yaml",
        "line": 21,
        "column": 17
      },
      "message": "connection holds a password in an address in clear",
      "hint": "Write \${{ secret(\\"env:NAME\\") }} or \${{ secret(\\"file:/path\\") }}, and change the secret: it is known now.",
      "path": "components.database.connection"
    },
    {
      "rule": "drilled-at-all",
      "level": "info",
      "at": {
        "file": "lifeboat.yaml",
        "line": 25,
        "column": 1
      },
      "message": "nothing of this plan is ever rehearsed (waived until 2026-12-31 by commander: next month)",
      "hint": "Add drills: which scenario, in which environment, how often.",
      "path": "scenarios"
    },
    {
      "rule": "objective-conflict",
      "level": "error",
      "at": {
        "file": "lifeboat.yaml",
        "line": 29,
        "column": 24
      },
      "message": "fire may have an RTO of 2h, and database, which is lost in it, promises 1h",
      "hint": "Decide which of the two holds, and write it in both places.",
      "related": [
        {
          "at": {
            "file": "lifeboat.yaml",
            "line": 22,
            "column": 24
          },
          "message": "the other promise"
        }
      ],
      "path": "scenarios.fire.objectives.rto"
    },
    {
      "rule": "waiver-expired",
      "level": "error",
      "at": {
        "file": "lifeboat.yaml",
        "line": 47,
        "column": 93
      },
      "message": "the waiver of no-verification at scenarios.fire expired on 2025-12-31",
      "hint": "What it excused is mended: remove the waiver."
    }
  ]
}
`;

/** Without the findings of other rules, of which there will be more. */
function golden(out: string): string {
  const { findings, ...rest } = JSON.parse(out.replaceAll(rig.folder, 'FOLDER'));
  const kept = findings.filter(({ rule }: { rule: string }) => RULES_OF_GOLDEN.includes(rule));
  const count = (level: string) => kept.filter((one: { level: string }) => one.level === level).length;
  const counts = { errors: count('error'), warnings: count('warning') };
  return `${JSON.stringify({ ...rest, ...counts, findings: kept }, null, 2)}\n`;
}

const DOCS = readFileSync(new URL('../../docs/editors.md', import.meta.url), 'utf8');

/** The fields at the top, as the table names them in its first column. */
const documented = (): string[] => {
  const table = DOCS.slice(DOCS.indexOf('| Field |'), DOCS.indexOf('## A plan that has many'));
  return [...table.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell]) =>
    [...String(cell).matchAll(/`(\w+)`/g)].map(([, name]) => String(name)),
  );
};

describe('json', () => {
  test('is a promise, word for word', async () => {
    rig.edit(FAULTY);
    const { out, code, err } = await cli('check', '--json');
    expect(golden(out)).toBe(GOLDEN);
    expect({ code, err }).toEqual({ code: 2, err: '' });
  });

  test('has the fields that docs/editors.md lists, and no others', async () => {
    const known = join(rig.folder, 'known.json');
    rig.edit((plan) => FAULTY(plan).replace('owner: comander', 'owner: commander'));
    await cli('check', '--baseline', known, '--write-baseline');
    const { findings, baseline, ...rest } = JSON.parse((await cli('check', '--json')).out);
    const withBaseline = JSON.parse((await cli('check', '--json', '--baseline', known)).out);
    expect(baseline).toBeUndefined();
    expect(Object.keys(withBaseline.baseline)).toEqual(['file', 'known']);
    expect(withBaseline).toMatchObject({ ok: true, errors: 0, baseline: { file: known } });
    const told = new Set(findings.flatMap((one: object) => Object.keys(one)));
    expect([...Object.keys(rest), 'findings', 'baseline'].sort()).toEqual(documented().sort());
    expect([...told].sort()).toEqual(['at', 'hint', 'level', 'message', 'path', 'related', 'rule']);
    for (const field of told) expect(DOCS).toContain(`\`${field}\``);
  });

  test.each([[['--format', 'json']], [['--format=json']], [['--format', 'json', '--json']]])(
    'is the same with %j',
    async (flags) => {
      rig.edit(FAULTY);
      expect(await cli('check', ...flags)).toEqual(await cli('check', '--json'));
    },
  );

  test('is what errors are written in, too', async () => {
    const { out, err, code } = await cli('check', '--format', 'json', '--plan', 'nowhere.yaml');
    expect({ err, code }).toEqual({ err: '', code: 2 });
    expect(JSON.parse(out).error.code).toBe('USAGE');
  });
});

describe('the exit code', () => {
  test('is 0 without errors, 1 with errors of rules, 2 when the plan cannot be read', async () => {
    expect((await cli('check')).code).toBe(0);
    rig.edit((plan) => FAULTY(plan).replace('owner: comander', 'owner: commander'));
    expect((await cli('check')).code).toBe(1);
    expect((await cli('check', '--format', 'junit')).code).toBe(1);
    expect((await cli('check', '--baseline', 'known.json', '--write-baseline')).code).toBe(0);
    expect((await cli('check', '--baseline', 'known.json')).code).toBe(0);
    rig.edit(() => 'lifeboat: [');
    expect((await cli('check')).code).toBe(2);
    expect((await cli('check', '--baseline', 'known.json', '--format', 'github')).code).toBe(2);
  });

  test('is 2 for a plan that contradicts itself, as it is in every other command, and all findings are told', async () => {
    rig.edit(FAULTY);
    const { code, out } = await cli('check', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, sound: false, judged: true });
    expect(JSON.parse(out).findings.map(({ rule }: { rule: string }) => rule)).toEqual(
      expect.arrayContaining(RULES_OF_GOLDEN),
    );
    const others = await Promise.all([cli('docs'), cli('recover', 'fire'), cli('recover', 'fire', '--dry-run')]);
    expect(others.map((one) => one.code)).toEqual([2, 2, 2]);
    for (const { err } of others) expect(err).toContain('PLAN_INVALID');
  });

  test('is explained by --help', async () => {
    const { out } = await cli('check', '--help');
    const codes = out.slice(out.indexOf('Exit codes:')).match(/^ {2}\d+/gm);
    expect(codes).toEqual(['  0', '  1', '  2', '  2', '  2']);
  });

  test('is 0 for a chart and for an explanation, whatever they show', async () => {
    expect((await cli('check', '--chart', 'fire')).out).toContain('KEPT');
    expect((await cli('check', '--explain', 'rto-is-reachable')).code).toBe(0);
    rig.edit((plan) => plan.replace('detect_within: 1m', 'detect_within: 3h'));
    const { code, out } = await cli('check', '--chart', 'fire');
    expect(code).toBe(0);
    expect(out).toContain('BROKEN: 3h + 1m + 10m + 1m + 1m = 3h 13m > 1h');
  });
});

describe('what cannot be asked for together', () => {
  test.each([
    [['--json', '--format', 'sarif']],
    [['--explain', 'rto-is-reachable', '--chart', 'fire']],
    [['--watch', '--chart', 'fire']],
    [['--watch', '--baseline', 'known.json', '--write-baseline']],
    [['--chart', 'fire', '--format', 'junit']],
    [['--explain', 'rto-is-reachable', '--baseline', 'known.json']],
    [['--write-baseline']],
    [['--watch', '--format', 'sarif']],
  ])('%j', async (flags) => {
    const { code, out, err } = await cli('check', ...flags);
    expect(code).toBe(2);
    expect(out + err).toContain('USAGE');
  });
});

test('documents for programs stay whole, wherever the plan is', async () => {
  mkdirSync(join(rig.folder, 'a "b" \\c'));
  rig.edit(FAULTY);
  const file = join('a "b" \\c', 'lifeboat.yaml');
  renameSync(rig.planFile, join(rig.folder, file));
  const { out } = await cli('check', '--plan', file, '--format', 'sarif');
  const [result] = JSON.parse(out).runs[0].results;
  expect(decodeURIComponent(result.locations[0].physicalLocation.artifactLocation.uri)).toBe(file);
});

test('secrets do not reach any report', async () => {
  rig.edit((plan) =>
    plan.replace('${{ secret("env:DATABASE_URL") }}', 'postgres://lifeboat:canary-p4ss@127.0.0.1/shop'),
  );
  for (const format of ['text', 'json', 'sarif', 'github', 'junit'])
    expect((await cli('check', '--format', format)).out).not.toContain('canary-p4ss');
  await cli('check', '--baseline', 'known.json', '--write-baseline');
  expect((await cli('check', '--baseline', 'known.json')).out).not.toContain('canary-p4ss');
});

describe('the plan as a word', () => {
  test('is judged as with --plan, and named whole in what to type next', async () => {
    renameSync(rig.planFile, join(rig.folder, 'other.yaml'));
    const { out, code } = await cli('check', 'other.yaml', '--json');
    expect(code).toBe(0);
    expect(out).toBe((await cli('check', '--plan', 'other.yaml', '--json')).out);
    expect(JSON.parse(out).plan).toBe(join(rig.folder, 'other.yaml'));
    expect((await cli('docs', 'other.yaml')).out).toBe((await cli('docs', '--plan', 'other.yaml')).out);
    const missing = await cli('check', 'other.yaml', '--baseline', 'known.json');
    expect(missing.err).toContain(`--write-baseline --plan ${join(rig.folder, 'other.yaml')}`);
  });

  test('is refused beside --plan', async () => {
    const { code, err } = await cli('check', 'other.yaml', '--plan', 'other.yaml');
    expect(code).toBe(2);
    expect(err).toContain('the plan was given twice');
  });
});
