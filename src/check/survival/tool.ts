import type { Component, Plan } from '../../model/plan.ts';
import { goesWith, isLost } from '../losses.ts';
import { copyFates, dataFate, storedCopies } from './copies.ts';

/** What the tool itself needs. */
export interface ToolFate {
  /** This plan and the program that carries it out. */
  readonly plan: KeptFate;
  readonly repository: { readonly state: 'there' | 'gone' | 'unknown' | 'none'; readonly domain: string | null };
  /** The private key: `from` is where a run reads it, e.g. env:LIFEBOAT_IDENTITY; null when nothing says it. */
  readonly key: KeptFate & { readonly from: string | null };
  /** Scripts and documents that steps call: kept in the source repository. */
  readonly files: FilesFate;
}

/** Something that is kept in several places, of which one is enough. `left` are those that stand. */
export interface KeptFate {
  readonly state: 'there' | 'gone' | 'unknown';
  readonly left: readonly string[];
}

/** copy: their source repository is gone, and a copy of it is left. */
export interface FilesFate {
  readonly state: 'there' | 'copy' | 'gone' | 'unknown';
  readonly kept: readonly string[];
  /** Files that nobody has, whatever is lost. */
  readonly missing: readonly string[];
  /** Files of which nobody says whether they are kept in the repository. */
  readonly unsaid: readonly string[];
}

/** What is left of repository, key and files when these domains are lost. */
export function toolFate(plan: Plan, lost: readonly string[]): ToolFate {
  const { repository } = plan;
  const withContent = (content: string) =>
    Object.entries(plan.files).flatMap(([path, file]) => (file.content === content ? [path] : []));
  return {
    plan: keptFate(plan.plan.kept_in, lost),
    repository: { state: repositoryState(plan, lost), domain: repository?.domain ?? null },
    key: { ...keptFate(repository?.identity_in ?? [], lost), from: repository?.identity?.secret ?? null },
    files: {
      state: sourceState(plan, lost),
      kept: withContent('in-repository'),
      missing: withContent('missing'),
      unsaid: withContent('unknown'),
    },
  };
}

function keptFate(places: readonly string[], lost: readonly string[]): KeptFate {
  const left = places.filter((place) => !isLost(place, lost));
  return { state: places.length === 0 ? 'unknown' : left.length > 0 ? 'there' : 'gone', left };
}

function repositoryState({ repository }: Plan, lost: readonly string[]): ToolFate['repository']['state'] {
  if (!repository) return 'none';
  if (repository.domain === undefined) return 'unknown';
  return isLost(repository.domain, lost) ? 'gone' : 'there';
}

/** Which source repository holds which file nobody says, so the worst of them counts. */
function sourceState(plan: Plan, lost: readonly string[]): FilesFate['state'] {
  const states = sourcesOf(plan).map((name) => {
    const component = plan.components[name] as Component;
    if (component.domain !== undefined && !goesWith(component, lost)) return 'there';
    const data = dataFate(copyFates(storedCopies(plan, name), lost));
    if (data === 'recoverable') return 'copy';
    return component.domain === undefined || data === 'unknown' ? 'unknown' : 'gone';
  });
  if (states.length === 0) return 'unknown';
  return (['gone', 'unknown', 'copy', 'there'] as const).find((state) => states.includes(state)) ?? 'unknown';
}

/** Where a plan does not name its source as a component, what is copied by git has it too. */
function sourcesOf({ components }: Plan): readonly string[] {
  const names = Object.keys(components);
  const sources = names.filter((name) => components[name]?.kind === 'source');
  if (sources.length > 0) return sources;
  return names.filter((name) => components[name]?.backups.some(({ method }) => method === 'git.repository'));
}
