import { allBlocks, allSections, type Section, spoken } from './blocks.ts';
import { tellingWords } from './match-component.ts';
import { pairsIn } from './pairs.ts';
import { isShell } from './steps-of-code.ts';
import { EXPLICIT, isAction, isPart, LOSS, topicOf } from './topics.ts';

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
    (isLoss(section, inside) ? found.scenarios : found.procedures).push(section);
    return;
  }
  if (topic === 'communication' && section.blocks.some((block) => block.kind === 'code' && isShell(block)))
    found.procedures.push(section);
  else if (NEVER.has(topic ?? '') && topic !== 'communication' && !section.sections.some(hasExplicit)) return;
  for (const child of section.sections) visit(child, found, inside);
}

/** A scenario answers a loss; how incidents are handled, backups taken and rehearsals held are procedures. */
function isLoss({ title, blocks, sections }: Section, inBackups: boolean): boolean {
  if (NO_LOSS.test(title)) return false;
  return (
    EXPLICIT.test(title) ||
    sections.some((child) => /^(symptoms?|detection)\b/i.test(child.title)) ||
    blocks.flatMap(pairsIn).some(({ key }) => /^(severity|rto|rpo)$/i.test(key)) ||
    (LOSS.test(spoken(title)) && !inBackups && !/\b(tests?|drill|quick|verification)\b/i.test(title))
  );
}

const NO_LOSS =
  /\b(incident|disaster|emergency) (response|management|handling|process|declaration|command)\b|\bbackup (runbook|procedure|process|job)s?$|^(general|common) /i;

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
  if (['aside', 'inventory'].includes(topicOf(section) ?? '')) return false;
  const children = section.sections.filter((child) => !NEVER.has(topicOf(child) ?? ''));
  if (isSteps(section, children)) return true;
  if (section.blocks.some(isProcedural))
    return LOSS.test(section.title) || children.every((child) => !isOne(child) || isPart(child)) || hasCode(section);
  if (children.length === 0)
    return (
      LOSS.test(section.title) &&
      !DOCUMENT.test(section.title) &&
      section.blocks.some(({ kind }) => kind === 'list' || kind === 'table')
    );
  return section.depth > 1 && children.some(isPart) && holdsSteps(section);
}

/** A title that names one loss, over sections that are its steps or parts, none of which is a loss of its own. */
function isSteps(section: Section, children: readonly Section[]): boolean {
  if (!LOSS.test(section.title) || CONTAINER.test(section.title) || tellingWords(section.title).length === 0)
    return false;
  const own = children.filter((child) => topicOf(child) === undefined || topicOf(child) === 'drills');
  const isOwn = (child: Section) =>
    isPart(child) || isAction(child) || !LOSS.test(child.title) || /^if (that|this|it|the above)\b/i.test(child.title);
  return own.length > 1 && own.every(isOwn) && holdsSteps(section);
}

/** Titles of whole documents and chapters: what stands below them are procedures of their own. */
const CONTAINER =
  /\b(plan|playbooks|runbooks|guide|handbook|manual|strategy|policy|documentation|procedures|scenarios|disaster recovery|dr (runbook|playbook)|incidents|issues|problems|alerts|failures|outages|errors|troubleshooting|common|operations)\b/i;

/** Under the title of a document stand its owner and its version. */
const DOCUMENT = /\b(recovery|continuity|contingency|response|dr) (plan|handbook|manual|guide|policy)$/i;

const holdsSteps = (section: Section): boolean =>
  allSections(section).some(({ blocks }) => blocks.some((block) => isProcedural(block) || block.kind === 'list'));

const hasCode = ({ blocks }: Section): boolean =>
  blocks.some((block) => allBlocks(block).some(({ kind }) => kind === 'code'));

/** Ordered lists and commands are steps; plain lists may be anything. */
const isProcedural = (block: Section['blocks'][number]): boolean =>
  allBlocks(block).some(({ kind }) => kind === 'code') || (block.kind === 'list' && block.ordered);
