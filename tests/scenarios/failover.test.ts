import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../bin/lifeboat.js');
const PLAN = join(import.meta.dirname, 'failover/plan.yaml');

test('the plan of a failover and of the way back has no fault', () => {
  const said = execFileSync(process.execPath, [PROGRAM, 'check', '--json', '--plan', PLAN], { encoding: 'utf8' });
  expect(said).not.toContain('"level": "error"');
  expect(said).toContain('"level": "warning"');
});
