import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { KnownError } from '../model/errors.ts';
import type { Services } from './services.ts';

export const PLAN_NAME = 'lifeboat.yaml';

/** The plan that is meant: the one named, else `lifeboat.yaml` here or in the nearest folder above. */
export function findPlan({ chosen, cwd }: Pick<Services, 'chosen' | 'cwd'>): string {
  if (chosen.plan !== undefined) return resolve(cwd, chosen.plan);
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, PLAN_NAME);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) break;
  }
  throw new KnownError(
    'USAGE',
    `there is no ${PLAN_NAME} in ${cwd} or above`,
    'Name the plan with --plan FILE, or write one with: lifeboat init',
  );
}

/** Where runs are kept: what was typed, else $LIFEBOAT_STATE, else `.lifeboat` beside the plan. */
export function findState(services: Pick<Services, 'chosen' | 'cwd' | 'env'>): string {
  const said = services.chosen.state ?? services.env('LIFEBOAT_STATE');
  if (said !== undefined && said !== '') return resolve(services.cwd, said);
  return join(dirname(findPlan(services)), '.lifeboat');
}
