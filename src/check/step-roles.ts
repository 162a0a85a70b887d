import type { PlacedStep, Runbook } from './runbook.ts';

/**
 * What a step is for, as far as that can be told without reading commands: by the name of its action, or, where that says nothing
 * (a command, a person), by its own name and title.
 */
export type StepRole =
  | 'looks'
  | 'acts'
  | 'traffic'
  | 'destroys'
  | 'secrets'
  | 'workloads'
  | 'evidence'
  | 'settings'
  | 'reloads'
  | 'finds';

interface Signs {
  /** In the name of an action, e.g. `rds.restore_to_time`. */
  readonly name: RegExp;
  /** In the id and title of a step that a command or a person carries out. */
  readonly words: RegExp;
}

const SIGNS: Readonly<Record<StepRole, Signs>> = {
  looks: {
    name: /\.(verify|compare|check|wait_healthy|smoke|probe|test|assert)/,
    words: /\b(verif\w*|smoke|tests?|check\w*|compare|count|prove|healthy|health|integrity|connectivity)\b/i,
  },
  acts: {
    name: /\.(restore|promote|scale|apply|deploy|create|start|activate|roll|rebuild|provision|update|put|set|change|load)/,
    words:
      /\b(restor\w*|promot\w*|scal\w*|capacity|apply|deploy\w*|rebuild|activate|provision\w*|bring\w*|start\w*|repoint\w*|roll\w*)\b/i,
  },
  traffic: {
    name: /^(aws\.)?(route53|dns|cloudfront|traffic)\.(?!.*(verify|check|wait|lower|observe|list|get))|\.(switch|shift|move)_traffic/,
    words: /^(?!.*\b(verif\w*|check\w*|wait\w*|ttl|freeze|announce|tell)\b).*\b(dns|traffic|cut ?over|route ?53)\b/i,
  },
  destroys: { name: /\.(delete|destroy|drop|prune)/, words: /\b(delete|destroy|prune)\b|\bclean\w* (up )?old\b/i },
  secrets: { name: /secret/, words: /\bsecrets?\b/i },
  workloads: { name: /^kubernetes\.(apply|deploy)|\.deploy_workloads/, words: /\b(workloads?|manifests?)\b/i },
  evidence: { name: /\.(preserve|keep_evidence|seize)|forensic/, words: /\b(evidence|forensics?|preserve)\b/i },
  settings: {
    name: /\.(put|update|set|write)_?(parameter|secret|env|setting|connection)/,
    words: /\b(parameters?|secrets?|environment( variables?)?|connection strings?)\b/i,
  },
  reloads: {
    name: /\.(restart|redeploy|deploy|roll|reload|force|scale|start|update_service|wait_healthy)/,
    words: /\b(restart\w*|redeploy\w*|deploy\w*|roll\w*|reload\w*|re-?read|take the new|scal\w*|start\w*)\b/i,
  },
  finds: { name: /\.(find|discover|latest|newest|choose)/, words: /\b(find|look for|latest|newest)\b/i },
};

/** Actions whose name does not say what is done. */
const isUntyped = (uses: string): boolean => /^(shell|human)\.|^procedure$/.test(uses);

/** Whether a step has a role, and whether its action says so or only its title. */
export function hasRole({ step }: PlacedStep, role: StepRole): 'by name' | 'by title' | undefined {
  const { name, words } = SIGNS[role];
  if (!isUntyped(step.uses)) return name.test(step.uses) ? 'by name' : undefined;
  return words.test(`${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''}`) ? 'by title' : undefined;
}

/** Whether a step does something: what its action says, else what its name says. Looking is not doing. */
export const isEffect = (placed: PlacedStep): boolean =>
  placed.action ? placed.action.danger !== 'read' : hasRole(placed, 'acts') !== undefined && !isLook(placed);

/** Whether a step looks at a result. */
export const isLook = (placed: PlacedStep): boolean =>
  hasRole(placed, 'looks') !== undefined && (placed.action === undefined || placed.action.danger === 'read');

/** The steps that look at something the runbook did, and that have ended before this one begins. */
export const looksBefore = (book: Runbook, { step }: PlacedStep): readonly PlacedStep[] =>
  book.steps.filter(
    (look) =>
      isLook(look) &&
      book.isAfter(step.id, look.step.id) &&
      book.steps.some((effect) => isEffect(effect) && book.isAfter(look.step.id, effect.step.id)),
  );
