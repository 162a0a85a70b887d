import { dirname, isAbsolute, join } from 'node:path';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { Finding, Place } from '../model/finding.ts';
import { combine } from './combine.ts';
import { type ReadPlan, readPlanText } from './read-yaml.ts';

/** The content of a file that a plan includes, or why it cannot be read. Files are named as the first one is, from the same place. */
export type IncludeReader = (file: string) => { readonly bytes: string | Uint8Array } | { readonly why: string };

export interface ReadFiles {
  readonly file: string;
  readonly text: string | Uint8Array;
  readonly readInclude?: IncludeReader;
}

/** Far above what people can keep apart, and small enough to be read at once. */
const MOST_FILES = 100;
const MOST_BYTES = 8_000_000;

/** One file of a plan, as it is named in findings. */
export interface PlanFile {
  readonly file: string;
  readonly read: ReadPlan;
}

/** Reads a plan with all that it includes, as one plan in which every place is still in its own file. */
export function readPlanFiles({ file, text, readInclude }: ReadFiles): ReadPlan {
  const first = { file, read: readPlanText(file, text) };
  const gathering: Gathering = { files: [first], findings: [], bytes: Buffer.byteLength(text), readInclude };
  followIncludes(first, [file], gathering);
  const broken = [...gathering.files.flatMap(({ read }) => read.findings), ...gathering.findings];
  return broken.length > 0 ? { ...first.read, source: undefined, findings: broken } : combine(gathering.files);
}

interface Gathering {
  readonly files: PlanFile[];
  readonly findings: Finding[];
  bytes: number;
  readonly readInclude: IncludeReader | undefined;
}

function followIncludes(from: PlanFile, trail: readonly string[], gathering: Gathering): void {
  for (const { written, at } of includesOf(from)) {
    const file = join(dirname(from.file), written);
    const known = gathering.files.find((one) => one.file === file);
    if (trail.includes(file)) gathering.findings.push(circle(trail, file, at));
    if (known) continue;
    const content = contentOf(file, written, gathering);
    if (content.fault !== undefined) {
      gathering.findings.push({ rule: 'plan.include', level: 'error', at, ...content.fault });
      continue;
    }
    const included = { file, read: readPlanText(file, content.bytes) };
    gathering.files.push(included);
    followIncludes(included, [...trail, file], gathering);
  }
}

/** What is not a list of texts is told by the schema. */
function includesOf({ read }: PlanFile): readonly { readonly written: string; readonly at: Place }[] {
  const list: Json | undefined = isJsonObject(read.source) ? read.source.include : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((written: Json, index) =>
    typeof written === 'string' ? [{ written, at: read.place(['include', index]) }] : [],
  );
}

type Fault = { readonly message: string; readonly hint: string };
type Content = { readonly bytes: string | Uint8Array; readonly fault?: undefined } | { readonly fault: Fault };

function contentOf(file: string, written: string, gathering: Gathering): Content {
  const refuse = (message: string, hint: string): Content => ({ fault: { message, hint } });
  if (written.trim() === '' || isAbsolute(written))
    return refuse(
      `"${written}" is no file beside this one`,
      'Name it relative to this file, so that the plan can be moved as a whole.',
    );
  if (gathering.files.length >= MOST_FILES)
    return refuse(`the plan has more than ${MOST_FILES} files`, 'Join some of them.');
  const found = gathering.readInclude?.(file) ?? { why: 'files that a plan includes are not read here' };
  if ('why' in found)
    return refuse(`${file} cannot be read: ${found.why}`, 'Correct its name, or remove it from include.');
  gathering.bytes += Buffer.byteLength(found.bytes);
  if (gathering.bytes > MOST_BYTES)
    return refuse(`the files of the plan hold more than ${MOST_BYTES / 1_000_000} MB`, 'Is this the right file?');
  return { bytes: found.bytes };
}

const circle = (trail: readonly string[], file: string, at: Place): Finding => ({
  rule: 'plan.cycle',
  level: 'error',
  at,
  message: `files that include each other in a circle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`,
  hint: 'Remove one of these includes.',
});
