import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { actionsPage } from './generate/actions-page.ts';
import { cliPage } from './generate/cli-page.ts';
import { errorsPage } from './generate/errors-page.ts';
import { faultsPage } from './generate/faults-page.ts';
import { planPage } from './generate/plan-page.ts';
import { planSchema } from './generate/plan-schema.ts';
import { rulesPage } from './generate/rules-page.ts';

/*
 * Everything in docs/reference is made from the code. `--check` writes nothing and fails when a page differs:
 * then somebody forgot to run `npm run generate`.
 */
const pages: Readonly<Record<string, string>> = {
  'docs/reference/actions.md': actionsPage(),
  'docs/reference/cli.md': await cliPage(),
  'docs/reference/errors.md': errorsPage(),
  'docs/reference/faults.md': faultsPage(),
  'docs/reference/plan.md': planPage(),
  'docs/reference/plan.schema.json': planSchema(),
  'docs/reference/rules.md': rulesPage(),
};

const stale = Object.entries(pages).filter(([file, text]) => read(file) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} differs from the code: run npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.error(`wrote ${file}`);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
