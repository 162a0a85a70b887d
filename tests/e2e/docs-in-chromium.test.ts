import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumHere } from './find-chromium.ts';
import { commandsOf, faultsOf, NO_FAULTS, onPaper, paleTexts, schemesOf, textOf, topOf } from './page-faults.ts';

const root = process.cwd();
const executablePath = chromiumHere();
const plans = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => ['lifeboat', 'as-written'].map((file) => `${name}/${file}`));
/** Sheets of A4 without their margins, in the pixels of a browser. */
const SIZES = {
  phone: { width: 360, height: 740 },
  desk: { width: 1200, height: 900 },
  paper: { width: 680, height: 1000 },
};

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-docs-'));
  if (executablePath !== undefined) browser = await chromium.launch({ executablePath });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const known = new Map<string, string>();

/** The document of a plan, which is written once. */
function written(plan: string): string {
  const file = known.get(plan) ?? write(plan);
  known.set(plan, file);
  return file;
}

function write(plan: string): string {
  const file = join(folder, `${plan.replaceAll(/\W/g, '-')}.html`);
  const args = [join(root, 'bin/lifeboat.js'), 'docs', '--plan', plan, '--out', file];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return file;
}

interface Opened {
  readonly page: Page;
  /** What went wrong while it was open: errors of the console, and everything that was asked of a network. */
  readonly wrong: readonly string[];
}

/** Opens the file with the network off, for one look. */
async function opened(
  file: string,
  size: keyof typeof SIZES,
  colorScheme: 'light' | 'dark',
  use: (opened: Opened) => Promise<void>,
) {
  const one = await open(file);
  try {
    await show(one.page, size, colorScheme);
    await use(one);
    expect(one.wrong).toEqual([]);
  } finally {
    await one.page.context().close();
  }
}

async function open(file: string): Promise<Opened> {
  const context = await browser.newContext({ viewport: SIZES.phone, colorScheme: 'light' });
  const wrong: string[] = [];
  await context.setOffline(true);
  await context.route('**/*', (route) => {
    if (route.request().url().startsWith(`file://${file}`)) return route.continue();
    wrong.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => wrong.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`file://${file}`);
  return { page, wrong };
}

async function show(page: Page, size: keyof typeof SIZES, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ media: size === 'paper' ? 'print' : 'screen', colorScheme });
}

describe.skipIf(executablePath === undefined)('in a real browser, with the network off', () => {
  describe.each(plans)('%s', (plan) => {
    // To open a document takes longer than to look at it: all looks are at the same page.
    let one: Opened;
    beforeAll(async () => {
      one = await open(written(`examples/${plan}.yaml`));
    });
    afterAll(() => one?.page.context().close());

    test.each(['phone', 'desk', 'paper'] as const)('is whole on the %s', async (size) => {
      await show(one.page, size, 'light');
      const { links, ...faults } = await faultsOf(one.page);
      expect(links).toBeGreaterThan(50);
      expect(faults).toEqual(NO_FAULTS);
      expect(one.wrong).toEqual([]);
    });

    test.each(['light', 'dark'] as const)('can be read when it is %s', async (scheme) => {
      await show(one.page, 'phone', scheme);
      expect(await paleTexts(one.page)).toEqual([]);
      expect(one.wrong).toEqual([]);
    });
  });

  test('a finger on the contents brings the scenario to the top', () =>
    opened(written('examples/corporate-intel/lifeboat.yaml'), 'phone', 'light', async ({ page }) => {
      await page.click('nav a[href="#scenario.region-lost"]');
      const top = await topOf(page, 'scenario.region-lost');
      expect(Math.abs(top ?? 999)).toBeLessThan(60);
    }));

  test('commands are copied as they stand in the plan', () =>
    opened(written('examples/startupwebapp/as-written.yaml'), 'phone', 'light', async ({ page }) => {
      const commands = await commandsOf(page);
      const plan = readFileSync(join(root, 'examples/startupwebapp/as-written.yaml'), 'utf8');
      const lines = commands
        .flatMap((one) => one.split('\n'))
        .filter((line) => line.startsWith('aws ecs update-service'));
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.filter((line) => !plan.replaceAll(/\s+/g, ' ').includes(line))).toEqual([]);
    }));

  test('on paper every scenario begins a page, and every step has a line to sign', () =>
    opened(written('examples/corporate-intel/lifeboat.yaml'), 'paper', 'dark', async ({ page }) => {
      const { breaks, steps, ...seen } = await onPaper(page);
      expect(breaks.slice(1).filter((one) => one !== 'page')).toEqual([]);
      expect(steps).toBeGreaterThan(breaks.length);
      expect(seen).toEqual({ unsigned: 0, background: 'rgb(255, 255, 255)' });
      const pdf = await page.pdf({ preferCSSPageSize: true });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      expect(sheets).toBeGreaterThanOrEqual(breaks.length);
    }));

  test('a plan full of markup stays a text', async () => {
    const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>"'](javascript:alert(3))\\u202e🚒`;
    const plan = readFileSync(join(root, 'examples/corporate-intel/lifeboat.yaml'), 'utf8')
      .replaceAll(
        /\b(title|describe|note|instruction|done_when|text|subject|rollback): [A-Z][\w ]*$/gm,
        `$1: ${JSON.stringify(evil).replace('\\\\u202e', '\\u202e')}`,
      )
      .replace(
        'contact: "+49-30-23125206"',
        'contact: "javascript:alert(4) https://x.example.com/\\"onclick=alert(5)"',
      );
    const file = join(folder, 'evil.yaml');
    writeFileSync(file, plan);
    await opened(written(file), 'phone', 'light', async ({ page }) => {
      const { links: _, ...faults } = await faultsOf(page);
      expect(faults).toEqual(NO_FAULTS);
      expect(await textOf(page)).toContain('<script>alert(1)</script>');
      expect(await schemesOf(page)).toEqual(['file:', 'https:', 'mailto:', 'tel:']);
    });
  });
});
