import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DocsRequest, writeDocs } from './render-docs.ts';
import type { Services } from './services.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.remove());

const docs = (request: DocsRequest = {}, more: Partial<Services> = {}) => writeDocs(request, rig.services(more));
const text = (name: string): string => readFileSync(join(rig.folder, name), 'utf8');

describe('the document', () => {
  test('says who, what, and what is approved', async () => {
    const { format, document } = await docs();
    expect(format).toBe('markdown');
    expect(document).toContain('# The shop');
    expect(document).toContain('**Ada Example**');
    expect(document).toContain('lifeboat recover fire --set cause=(input cause) --dry-run');
    expect(document).toContain('##### 2 ☐ Build it again');
  });

  test.each([
    [{ out: 'a.md' }, 'markdown'],
    [{ out: 'a.html' }, 'html'],
    [{ out: 'a.HTM' }, 'html'],
    [{ out: 'a.md', format: 'html' }, 'html'],
    [{ out: 'a.html', format: 'markdown' }, 'markdown'],
    [{ format: 'json' }, 'markdown'],
  ] as const)('%j is written as %s', async (request, format) => {
    const { file, document, ...result } = await docs(request);
    expect(result.format).toBe(format);
    const written = file === undefined ? document : readFileSync(file, 'utf8');
    expect(written?.startsWith('<!doctype html>')).toBe(format === 'html');
  });

  test.each([
    [{ format: 'htm' }, 'Did you mean --format html?'],
    [{ format: 'x' }, 'One of: markdown, html.'],
    [{ out: 'a', check: 'a' }, 'Write it first, then check it.'],
    [{ measured: true, check: 'a' }, 'Write it first, then check it.'],
  ])('%j is refused', async (request, hint) => {
    await expect(docs(request)).rejects.toMatchObject({ code: 'USAGE', hint });
  });

  test('is the same on another day, on another machine and from another folder', async () => {
    mkdirSync(join(rig.folder, 'below'));
    rig.edit((plan) => plan.replace('title: The shop', 'title: The shop, review: { every: 30d, last: 2026-01-10 }'));
    const { document } = await docs();
    rig.clock.advance(400 * 86_400_000);
    const elsewhere = { cwd: join(rig.folder, 'below'), env: () => 'something else', actor: 'bob', version: '9' };
    expect((await docs({}, elsewhere)).document).toBe(document);
    expect(document).toContain('Judged as of 2026-01-10');
  });

  test('reads no environment variable, and says what it therefore cannot know', async () => {
    rig.edit((plan) => plan.replace('title: There was a fire', 'title: ${{ env("WHAT") }}'));
    const { document } = await docs({}, { env: () => 'SECRET-VALUE' });
    expect(document).not.toContain('SECRET-VALUE');
    expect(document).toContain('scenarios.fire.title needs the environment variable WHAT');
  });

  test('is not made of a plan that contradicts itself', async () => {
    rig.edit((plan) => plan.replace('owner: commander', 'owner: nobody'));
    await expect(docs()).rejects.toMatchObject({ code: 'PLAN_INVALID' });
  });
});

describe('the file', () => {
  test('is replaced whole, and a link to it stays', async () => {
    writeFileSync(join(rig.folder, 'real.md'), 'old');
    symlinkSync(join(rig.folder, 'real.md'), join(rig.folder, 'link.md'));
    await docs({ out: 'link.md' });
    expect(text('real.md')).toContain('# The shop');
  });

  test.each(['folder', 'lifeboat.yaml', 'lifeboat.measured.json', 'lifeboat.yaml/below.md'])(
    '%s is not written over',
    async (out) => {
      mkdirSync(join(rig.folder, 'folder'));
      const before = text('lifeboat.yaml');
      await expect(docs({ out })).rejects.toMatchObject({ code: 'USAGE' });
      expect(text('lifeboat.yaml')).toBe(before);
    },
  );

  test('is no device', async () => {
    await expect(docs({ out: '/dev/null' })).rejects.toMatchObject({
      code: 'USAGE',
      message: '/dev/null is no ordinary file, and is not written over',
    });
  });
});

describe('checking a committed document', () => {
  test('succeeds when it is what would be written, however its lines end', async () => {
    await docs({ out: 'RUNBOOK.md' });
    expect(await docs({ check: 'RUNBOOK.md' })).toMatchObject({ fresh: true });
    writeFileSync(join(rig.folder, 'RUNBOOK.md'), text('RUNBOOK.md').replaceAll('\n', '\r\n'));
    expect(await docs({ check: 'RUNBOOK.md' })).toMatchObject({ fresh: true });
  });

  test('tells the first place that differs, and the command that renews it', async () => {
    await docs({ out: 'runbook.html' });
    rig.edit((plan) => plan.replace('There was a fire', 'There was a flood'));
    const { fresh, stale } = await docs({ check: 'runbook.html' });
    const line =
      text('runbook.html')
        .split('\n')
        .findIndex((one) => one.includes('There was a fire')) + 1;
    expect(fresh).toBe(false);
    expect(stale).toMatchObject({
      line,
      found: expect.stringContaining('a fire'),
      expected: expect.stringContaining('a flood'),
    });
    expect(stale?.renew).toBe('lifeboat docs --out runbook.html');
  });

  test('repeats what was chosen in that command', async () => {
    const chosen = { plan: 'lifeboat.yaml', environment: 'drill' };
    expect(await docs({ check: 'a.txt', format: 'html' }, { chosen })).toMatchObject({
      stale: { renew: 'lifeboat docs --plan lifeboat.yaml --environment drill --format html --out a.txt' },
    });
  });

  test.each([
    ['shorter', (all: string) => all.split('\n').slice(0, 5).join('\n'), 6, 'expected'],
    ['longer', (all: string) => `${all}more\n`, undefined, 'found'],
  ])('finds one that is %s', async (_what, change, line, side) => {
    await docs({ out: 'RUNBOOK.md' });
    writeFileSync(join(rig.folder, 'RUNBOOK.md'), change(text('RUNBOOK.md')));
    const { stale } = await docs({ check: 'RUNBOOK.md' });
    expect(stale).toMatchObject({ line: line ?? expect.any(Number), [side]: expect.any(String) });
  });

  test('finds one that is not there, writes nothing', async () => {
    const { fresh, stale } = await docs({ check: 'RUNBOOK.md' });
    expect({ fresh, stale }).toEqual({ fresh: false, stale: { renew: 'lifeboat docs --out RUNBOOK.md' } });
    expect(existsSync(join(rig.folder, 'RUNBOOK.md'))).toBe(false);
  });

  test('says that a folder is no document', async () => {
    await expect(docs({ check: '.' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});
