import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRig, type Rig } from '../usecases/testing/rig.ts';
import { runCli } from './run-cli.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

async function cli(...argv: readonly string[]) {
  const written = { out: '', err: '' };
  const services = rig.services();
  const code = await runCli({
    argv,
    version: '1.2.3',
    colour: false,
    cwd: rig.folder,
    signal: new AbortController().signal,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    openServices: async ({ plan }) => ({ ...services, chosen: plan === undefined ? {} : { plan } }),
    redact: services.redact,
  });
  return { code, ...written };
}

/** One finding of the loader, one of a rule, one of the waivers. */
const FAULTY = (plan: string): string =>
  `${plan.replace('owner: commander', 'owner: comander').replace('${{ secret("env:DATABASE_URL") }}', 'postgres://a:canary-p4ss@127.0.0.1/shop')}waivers:
  - { rule: no-verification, at: scenarios.fire, reason: a test, owner: commander, expires: 2025-12-31 }
`;
const RULES_OF_GOLDEN = ['plan.reference', 'literal-secret', 'waiver-expired'];

const GOLDEN = `{
  "plan": "FOLDER/lifeboat.yaml",
  "environment": "production",
  "ok": false,
  "judged": true,
  "errors": 3,
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

describe('json', () => {
  test('is a promise, word for word', async () => {
    rig.edit(FAULTY);
    const { out, code, err } = await cli('check', '--json');
    expect(golden(out)).toBe(GOLDEN);
    expect({ code, err }).toEqual({ code: 1, err: '' });
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
  test('is 0 without errors, 1 with errors, 2 when the plan cannot be read', async () => {
    expect((await cli('check')).code).toBe(0);
    rig.edit(FAULTY);
    expect((await cli('check')).code).toBe(1);
    expect((await cli('check', '--format', 'junit')).code).toBe(1);
    expect((await cli('check', '--baseline', 'known.json', '--write-baseline')).code).toBe(0);
    expect((await cli('check', '--baseline', 'known.json')).code).toBe(0);
    rig.edit(() => 'lifeboat: [');
    expect((await cli('check')).code).toBe(2);
    expect((await cli('check', '--baseline', 'known.json', '--format', 'github')).code).toBe(2);
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
