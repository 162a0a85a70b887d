import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importPlan } from './import-plan.ts';
import { makeRig, type Rig } from './testing/rig.ts';

let rig: Rig;
let folder: string;
beforeEach(async () => {
  rig = await makeRig();
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-import-'));
});
afterEach(() => {
  rig.remove();
  rmSync(folder, { recursive: true, force: true });
});

const services = (plan?: string) => rig.services({ cwd: folder, chosen: plan === undefined ? {} : { plan } });
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
const DOCUMENT =
  '# Shop\n\nOwner: Ops\n\n## Scenario 1: Database loss\n\n**RTO**: 4 hours\n\n```bash\n./restore.sh\n```\n';

describe('import', () => {
  test('writes a draft, judges it, and says where its values stand', () => {
    write('DR.md', DOCUMENT);
    const result = importPlan('DR.md', services());
    expect(result.plan).toBe(join(folder, 'lifeboat.yaml'));
    expect(readFileSync(result.plan, 'utf8')).toContain('rto: 4h # from: DR.md:7');
    expect(result.counts).toMatchObject({ scenarios: 1, steps: 1 });
    expect(result.values).toContainEqual({ path: 'scenarios.database-loss.steps[0].with.command', from: 'DR.md:9-11' });
    expect(result.questions).toContainEqual({
      text: 'What is in restore.sh? The document relies on it and does not show it.',
      from: 'DR.md:10',
    });
    expect(result.check.findings.filter(({ rule }) => rule.startsWith('plan.'))).toEqual([]);
  });

  test('says which characters it put right', () => {
    write(
      'DR.md',
      DOCUMENT.replace('Shop', new TextDecoder('windows-1252').decode(new TextEncoder().encode('✅ Shop'))),
    );
    expect(importPlan('DR.md', services()).repairs).toEqual([
      { from: 'DR.md:1', was: 'âœ…', is: '✅', readAs: 'windows-1252' },
    ]);
  });

  test('overwrites nothing', () => {
    write('DR.md', DOCUMENT);
    write('mine.yaml', 'mine');
    expect(() => importPlan('DR.md', services('mine.yaml'))).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('mine');
  });

  test.each([
    ['that is not there', 'none.md', 'there is no such file'],
    ['that is a folder', '.', 'is no file'],
    ['that is empty', 'empty.md', 'is empty'],
    ['of 10 MB', 'large.md', 'has 10485760 bytes'],
    ['without a procedure', 'notes.md', 'holds no procedure'],
  ])('refuses a document %s, and writes no draft', (_what, name, message) => {
    write('empty.md', '');
    write('large.md', new Uint8Array(10 * 1024 * 1024).fill(97));
    write('notes.md', '# Notes\n\nnone\n');
    const wrong = expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) });
    expect(() => importPlan(name, services())).toThrow(wrong);
    expect(() => readFileSync(join(folder, 'lifeboat.yaml'))).toThrow();
  });
});
