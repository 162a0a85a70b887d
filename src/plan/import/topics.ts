import type { Section } from './blocks.ts';

/** What a section is about, as its title says it; undefined when it may be a procedure. */
export type Topic =
  | 'objectives' | 'backups' | 'inventory' | 'contacts' | 'severities' | 'escalation' | 'drills' | 'post-mortem' | 'communication' | 'metadata' | 'aside'; // biome-ignore format: one list

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  [
    'metadata',
    /document (control|info|histor|details|approv|owner|propert)|plan approval|revision|change ?(log|history|record)|version history|record of changes|(table of )?contents$|^toc$|metadata|about this|distribution list|review (history|log)/i,
  ],
  ['post-mortem', /post[- ]?(mortem|incident|event|disaster review)|lessons learned|retrospective|incident report|after[- ]action|hot ?wash/i],
  ['escalation', /escalation|call order/i],
  ['severities', /severit|incident (classification|levels?|priorit|categor)|priority (levels?|definitions?)|disaster levels?/i],
  [
    'contacts',
    /contacts?\b|on-?call|\bwhom? to (call|contact|tell|ask|inform)\b|how to reach|(call|phone) (tree|list)|(response|recovery|management) teams?\b|responsibilit|team (structure|members|roster)|support (links|contracts|numbers)|key (people|personnel)|personnel|stakeholders|vendors?\b|suppliers|third[- ]part(y|ies)|^roles?\b/i,
  ],
  [
    'objectives',
    /\b(rto|rpo|mtd|mtpd|mtdl|recovery (time|point)|(recovery|availability|continuity) (objectives?|targets?|goals?)|objectives|sla|slas|slos?|service levels?|(service|recovery|system) (priorit\w+|tiers?|criticality)|business impact|bia)\b/i,
  ],
  ['drills', /\b(drills?|game ?days?|exercises?|rehearsals?|(testing|tests?|test schedule)( (and|&) \w+)?|maintenance|review schedule|recurring|routines?|checklists?|training|pre-?deployment)\b/i],
  ['communication', /communicat|templates?\b|notifications?\b|status page|war room|announcement|press|critical urls|useful links|important links/i],
  ['backups', /\bback-?ups?\b(?!.*\b(restor|recover|fail|cluster|region|site|link))|data protection|replication (strategy|overview|policy)|retention polic/i],
  ['inventory', /\b(components?|inventory|scope|assets?|infrastructure|system (description|overview|components)|environments?|services (in scope|covered)|dependencies|resources|architecture|tech(nology)? stack|topology|production (systems?|databases?)|(production|tenant) databases?)$|^(infrastructure|system|architecture|technical) (overview|details|summary|description)/i],
  [
    'aside',
    /^(overview|introduction|background|purpose|scope|glossary|definitions?|acronyms|references?|appendix|architecture|compliance|prevention|preventive|related|links|further reading|see also|assumptions|strategy|summary|quick links|recovery scripts|scripts|documentation|best practices|future|monitoring)\b/i,
  ],
]; // biome-ignore format: one topic, one entry

/** Words for a loss; a title with one of them names a scenario whatever else it says. */
export const LOSS =
  /\b(fail(s|ed|ures?|over|ing|back)?|loss|losing|lost|outages?|down|corrupt\w*|delet\w*|disasters?|breach\w*|ransomware|malware|attacks?|ddos|compromis\w*|unavailab\w*|unreachable|inaccessible|unresponsive|crash\w*|stuck|degrad\w*|latency|slow|errors?|broken|bad deploy\w*|exhaust\w*|expir\w*|leak\w*|full disk|disk full|out of (disk|memory|space)|is full|roll ?(ing )?backs?|recover\w*|restor\w*|reconstitution|rebuild\w*|incidents?|evacuat\w*|fire|flood\w*|power cut|split[- ]brain|promot(e|ing|ion)\b)/i;

const NUMBERED = String.raw`[-#]?\s*(?:no\.?\s*)?(?:[A-Z]{0,5}-?\d+(?:\.\d+)*[a-z]?|[A-Z])`;
export const EXPLICIT = new RegExp(
  String.raw`^(?:(?:(?:disaster|recovery|dr|outage|incident|failure|restore|failover|emergency)\s+)?(?:scenario|runbook|playbook|incident|failure|sop|procedure|drp)\s*(?:${NUMBERED})?|(?:use )?case\s*${NUMBERED}|event\s*${NUMBERED}|contingency\s*${NUMBERED}|dr-?\d+|rb-?\d+|option rollback)\s*[:.–—-]\s*\S`,
  'i',
);

/** A title without what numbers it: `Scenario 2: Bad deployment`. */
export const ownTitle = ({ title }: Section): string =>
  title
    .replace(EXPLICIT, (whole) => whole.at(-1) ?? '')
    .replace(/^\d{1,3}\s*[:.–—-]\s*/, '')
    .trim();

/** `scenario 2` of `Scenario 2: Bad deployment`: two sections of the same number are one scenario. */
export const explicitNumber = ({ title }: Section): string | undefined =>
  /^(?:disaster |dr |recovery )?(scenario|case|event)\s*#?(\d+)/i.exec(title)?.slice(1).join(' ').toLowerCase();

/** `On-call runbook`: a title of all that stands below it, which is not only about people. */
const WHOLE = /\b(on-?call|incident|operations?|recovery|dr) (runbook|playbook|handbook|guide|manual)s?\b/i;

export const topicOf = ({ title }: Section): Topic | undefined =>
  EXPLICIT.test(title) || WHOLE.test(title) ? undefined : TOPICS.find(([, pattern]) => pattern.test(title))?.[0];

/** A part of a procedure, not one of its own. */
export const isPart = ({ title }: Section): boolean =>
  /^(step|phase|stage|task|part)\s*#?\s*(\d|[A-Z]\b)|^(option|method|alternative|approach|path|plan)\s+[A-Z0-9]\b|^T\s*[+-]\s*\d|^(detection|symptoms?|triggers?|pre-?requisites|preconditions|preparation|recovery|response|resolution|restoration|reconstitution|mitigation|remediation|containment|eradication|isolation|immediate|initial|verif|validat|confirm|investigat|triage|assess|diagnos|post-recovery|rollback|back ?out|procedure|steps|actions|action plan|clean ?up|what to do|how to (fix|recover|respond)|fix|workaround|failback|after)\b.{0,30}$/i.test(
    title,
  );

/** Titles such as `Stop the application`: what somebody does. */
export const isAction = ({ title }: Section): boolean =>
  /^(stop|start|restart|check|restore|verify|validate|confirm|scale|promote|switch|update|notify|inform|tell|call|contact|declare|announce|open|close|log ?in|connect|run|execute|create|delete|remove|drop|deploy|redeploy|install|configure|point|repoint|enable|disable|wait|monitor|watch|identify|determine|find|choose|select|locate|download|upload|copy|move|import|export|load|reload|apply|take|make|set ?up|set|provision|rebuild|recreate|attach|detach|mount|unmount|isolate|block|revoke|rotate|reset|clear|flush|drain|cordon|fail ?over|fail ?back|test|assess|gather|collect|document|record|prepare|build|bring up|turn|shut ?down|power|assemble|activate|resume|return|clean ?up)\b/i.test(
    title,
  );
