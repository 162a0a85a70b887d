import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { KnownError } from '../model/errors.ts';
import { type Finding, isError } from '../model/finding.ts';
import { UNKNOWN_ENVIRONMENT } from '../plan/environment.ts';
import { type LoadedPlan, loadPlan, type UnusablePlan } from '../plan/load.ts';
import type { IncludeReader } from '../plan/read-files.ts';
import { findPlan } from './find-plan.ts';
import type { Services } from './services.ts';

export interface ReadPlan {
  /** Where it is. */
  readonly file: string;
  readonly loaded: LoadedPlan | UnusablePlan;
  readonly text: string;
  /** All files it is made of, as findings name them, those too that could not be read. */
  readonly files: readonly string[];
  /** The text of a file as findings name it, included ones too. */
  textOf(file: string): string | undefined;
}

/** Reads the plan as it stands, with everything that is wrong with it. Throws USAGE when there is no such file or environment. */
export function readPlan(services: Services, mode: 'check' | 'run'): ReadPlan {
  const file = findPlan(services);
  const bytes = readFile(file);
  const environment = services.chosen.environment;
  const name = named(file, services.cwd);
  const texts = new Map([[name, bytes.toString('utf8')]]);
  const files = new Set([name]);
  const loaded = loadPlan({
    file: name,
    text: bytes,
    readInclude: (included) => {
      files.add(included);
      return readIncluded(resolve(services.cwd, included), (text) => texts.set(included, text));
    },
    env: services.env,
    mode,
    ...(environment === undefined ? {} : { environment }),
  });
  refuseUnknownEnvironment(loaded.findings);
  return { file, loaded, text: bytes.toString('utf8'), files: [...files], textOf: (one) => texts.get(one) };
}

/** A wrong name on the command line is no fault of the plan. */
function refuseUnknownEnvironment(findings: readonly Finding[]): void {
  const unknown = findings.find(({ rule }) => rule === UNKNOWN_ENVIRONMENT);
  if (unknown) throw new KnownError('USAGE', unknown.message, unknown.hint);
}

/** The plan, ready to work with. Throws PLAN_INVALID with the first places where it is wrong. */
export const requirePlan = (services: Services): LoadedPlan => requireLoaded(readPlan(services, 'run'));

/** What was read, when it can be worked with. Throws PLAN_INVALID with the first places where it is wrong. */
export function requireLoaded({ loaded }: ReadPlan): LoadedPlan {
  const wrong = loaded.findings.filter(isError);
  if (wrong.length > 0 || !loaded.ok) throw planError('PLAN_INVALID', wrong);
  return loaded;
}

const SHOWN = 3;

/** The error for a plan that is not used because of findings. */
export function planError(code: 'PLAN_INVALID' | 'PLAN_REFUSED', wrong: readonly Finding[]): KnownError {
  const shown = wrong.slice(0, SHOWN).map(({ at, message }) => `${at.file}:${at.line}:${at.column}: ${message}`);
  const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} more`] : [];
  const all = 'See all of it with: lifeboat check';
  const hint = wrong.length === 1 ? `${wrong[0]?.hint} ${all}` : all;
  return new KnownError(code, [...shown, ...more].join('\n  '), hint);
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `the plan ${file} cannot be read: ${whyUnreadable(error)}`;
    throw new KnownError('USAGE', message, 'Name the plan with --plan FILE.', error);
  }
}

/** A file that the plan includes; a fault in it is a finding about the plan. */
function readIncluded(file: string, keep: (text: string) => void): ReturnType<IncludeReader> {
  try {
    const bytes = readFileSync(file);
    keep(bytes.toString('utf8'));
    return { bytes };
  } catch (error) {
    return { why: whyUnreadable(error) };
  }
}

const whyUnreadable = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;

/** As a person would write it from where he stands: editors and terminals open such places at a click. */
function named(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
