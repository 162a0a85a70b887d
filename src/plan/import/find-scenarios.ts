import { allBlocks, allSections, type Section } from './blocks.ts';
import { EXPLICIT, LOSS, topicOf } from './topics.ts';

export interface FoundScenarios {
  readonly scenarios: readonly Section[];
  /** Runbooks of no particular loss: taking a backup, a rehearsal. */
  readonly procedures: readonly Section[];
}

/** The sections that are procedures: those that say so, and those with commands or steps in them. */
export function findScenarios(root: Section): FoundScenarios {
  const found = { scenarios: [] as Section[], procedures: [] as Section[] };
  visit(root, found, false);
  return found;
}

function visit(section: Section, found: { scenarios: Section[]; procedures: Section[] }, inBackups: boolean): void {
  const topic = topicOf(section);
  const inside = inBackups || topic === 'backups' || topic === 'drills';
  if (section.depth > 0 && isOne(section) && !NEVER.has(topic ?? '')) {
    const isLoss =
      EXPLICIT.test(section.title) ||
      (LOSS.test(section.title) && !inside && !/\b(test|drill|quick)\b/i.test(section.title));
    (isLoss ? found.scenarios : found.procedures).push(section);
    return;
  }
  if (NEVER.has(topic ?? '') && !section.sections.some(hasExplicit)) return;
  for (const child of section.sections) visit(child, found, inside);
}

/** What is about people and words has lists and blocks too, but nothing that restores anything. */
const NEVER = new Set([
  'contacts',
  'severities',
  'escalation',
  'objectives',
  'post-mortem',
  'communication',
  'metadata',
]);

const hasExplicit = (section: Section): boolean => allSections(section).some(({ title }) => EXPLICIT.test(title));

function isOne(section: Section): boolean {
  if (section.sections.some(hasExplicit)) return false;
  if (EXPLICIT.test(section.title)) return true;
  if (topicOf(section) === 'aside') return false;
  const children = section.sections.filter((child) => !NEVER.has(topicOf(child) ?? ''));
  if (section.blocks.some(isProcedural))
    return LOSS.test(section.title) || children.every((child) => !isOne(child) || isPart(child)) || hasCode(section);
  if (children.length === 0) return LOSS.test(section.title) && section.blocks.some(({ kind }) => kind === 'list');
  return (
    section.depth > 1 &&
    children.some((child) => isPart(child)) &&
    allSections(section).some(({ blocks }) => blocks.some(isProcedural) || blocks.some(({ kind }) => kind === 'list'))
  );
}

const hasCode = ({ blocks }: Section): boolean =>
  blocks.some((block) => allBlocks(block).some(({ kind }) => kind === 'code'));

/** Ordered lists and commands are steps; plain lists may be anything. */
const isProcedural = (block: Section['blocks'][number]): boolean =>
  allBlocks(block).some(({ kind }) => kind === 'code') || (block.kind === 'list' && block.ordered);

/** A part of a procedure, not one of its own. */
const isPart = ({ title }: Section): boolean =>
  /^(step|phase|stage)\s*\d|^(option|method|alternative|approach)\s+[A-Z0-9]\b|^(detection|symptoms?|triggers?|pre-?requisites|recovery|response|resolution|restoration|mitigation|remediation|immediate|verif|validat|investigat|assess|diagnos|post-recovery|rollback|procedure|steps|actions)\b.{0,25}$/i.test(
    title,
  );
