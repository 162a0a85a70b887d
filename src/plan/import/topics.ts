import type { Section } from './blocks.ts';

/** What a section is about, as its title says it; undefined when it may be a procedure. */
export type Topic =
  | 'objectives' | 'backups' | 'contacts' | 'severities' | 'escalation' | 'drills' | 'post-mortem' | 'communication' | 'metadata' | 'aside'; // biome-ignore format: one list

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['post-mortem', /post[- ]?(mortem|incident)|lessons learned|retrospective|incident report/i],
  ['escalation', /escalation/i],
  ['severities', /severit|incident (classification|levels?|priorit)|priority levels?/i],
  ['contacts', /contacts?\b|on-?call|call tree|response team|responsibilit|team structure|support links/i],
  ['objectives', /\b(rto|rpo|recovery (time|point)|objectives?|sla|service level)\b/i],
  ['drills', /\b(drills?|testing|tests?|exercises?|maintenance|review schedule|recurring|checklists?)\b/i],
  ['communication', /communicat|templates?\b|notification|status page|war room/i],
  ['backups', /\bback-?ups?\b(?!.*\b(restor|recover|fail))/i],
  [
    'metadata',
    /document (control|info|histor|details)|revision|change ?log|version history|table of contents|^contents$|metadata|about this/i,
  ],
  [
    'aside',
    /^(overview|introduction|purpose|scope|glossary|references?|appendix|architecture|compliance|prevention|related|links|infrastructure overview|system overview)\b/i,
  ],
];

/** Words for a loss; a title with one of them names a scenario whatever else it says. */
export const LOSS =
  /\b(fail(s|ed|ures?|over|ing)?|loss|lost|outages?|down|corrupt\w*|delet\w*|disasters?|breach\w*|ransomware|attacks?|compromis\w*|unavailab\w*|unreachable|crash\w*|stuck|degrad\w*|latency|slow|errors?|bad deploy\w*|exhaust\w*|expired?|leak\w*|full disk|disk full|roll ?backs?|recover\w*|restor\w*|incidents?)\b/i;

export const EXPLICIT =
  /^(disaster )?(scenario|runbook|playbook|incident|failure( scenario)?|sop|dr procedure|procedure|option rollback)\s*(#?\s*[A-Z]?\d+[a-z]?|[A-Z])?\s*[:.–—-]\s*\S/i;

/** A title without what numbers it: `Scenario 2: Bad deployment`. */
export const ownTitle = ({ title }: Section): string => title.replace(EXPLICIT, (whole) => whole.at(-1) ?? '').trim();

export const topicOf = ({ title }: Section): Topic | undefined =>
  EXPLICIT.test(title) ? undefined : TOPICS.find(([, pattern]) => pattern.test(title))?.[0];
