import { scriptOf } from '../commands/scripts.ts';
import { actsOf, isOperation } from './acts.ts';
import type { PlacedStep, Runbook } from './runbook.ts';

/**
 * What a step is for: by the name of its action, or of the action that one of its commands amounts to; where that says nothing
 * (an unknown command, a person), by its own name and title.
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
    name: /\.(restore|promote|scale|apply|deploy|create|start|restart|activate|roll|rebuild|provision|update|put|set|change|load|upgrade|downgrade|add_env)/,
    words:
      /\b(restor\w*|promot\w*|scal\w*|capacity|apply|deploy\w*|rebuild|activate|provision\w*|bring\w*|start\w*|repoint\w*|roll\w*)\b/i,
  },
  traffic: {
    name: /^(aws\.)?(route53|dns|cloudfront|traffic)\.(?!.*(verify|check|wait|lower|observe|list|get|invalidate|prove))|\.(switch|shift|move)_traffic/,
    words: /^(?!.*\b(verif\w*|check\w*|wait\w*|ttl|freeze|announce|tell)\b).*\b(dns|traffic|cut ?over|route ?53)\b/i,
  },
  destroys: { name: /\.(delete|destroy|drop|prune)/, words: /\b(delete|destroy|prune)\b|\bclean\w* (up )?old\b/i },
  secrets: { name: /secret/, words: /\bsecrets?\b/i },
  workloads: { name: /^(kubernetes|k8s)\.(apply|deploy)|\.deploy_workloads/, words: /\b(workloads?|manifests?)\b/i },
  evidence: { name: /\.(preserve|keep_evidence|seize)|forensic/, words: /\b(evidence|forensics?|preserve)\b/i },
  settings: {
    // These two bring new pods or a new deployment with them.
    name: /^(?!(k8s|kubernetes|vercel)\.set_env).*\.(put|update|set|write)_?(parameter|secret|env|setting|connection)|^secrets\.set|\.add_env/,
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

/** The action, where that says what is done; of a command its text says it. */
const typed = ({ step, action }: PlacedStep): PlacedStep['action'] => (isUntyped(step.uses) ? undefined : action);

type Sign = 'by name' | 'by title' | undefined;

/** Every rule about order asks for every role of every step. */
const known = new WeakMap<PlacedStep, Map<StepRole, Sign>>();

/** Whether a step has a role, and whether what it does says so or only its title. */
export function hasRole(placed: PlacedStep, role: StepRole): Sign {
  const roles = known.get(placed) ?? new Map<StepRole, Sign>();
  if (!roles.has(role)) roles.set(role, signOf(placed, role));
  known.set(placed, roles);
  return roles.get(role);
}

function signOf(placed: PlacedStep, role: StepRole): Sign {
  const { step } = placed;
  const { name, words } = SIGNS[role];
  if (!isUntyped(step.uses)) return name.test(step.uses) ? 'by name' : undefined;
  const done = scriptOf(step) ? actsOf(placed) : undefined;
  const title = `${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''}`;
  // A record that is changed for another reason moves nobody.
  if (role === 'traffic' && BESIDE_TRAFFIC.test(title)) return undefined;
  if (done?.filter(isOperation).some((one) => name.test(one.name))) return 'by name';
  // Where every command is known and none of them acts, a title cannot make it so.
  if (role === 'acts' && done?.every(isOperation)) return undefined;
  return words.test(title) ? 'by title' : undefined;
}

/** What a step does, by the names of actions: its own, or those that its commands amount to. */
export const actionsIn = (placed: PlacedStep): readonly string[] =>
  actsOf(placed)
    .filter(isOperation)
    .map(({ name }) => name);

const BESIDE_TRAFFIC = /\b(ttl|validat\w*|certificates?|txt|internal)\b/i;

/** Whether a step does something: what its action says, else what its commands do, else what its name says. Looking is not doing. */
export const isEffect = (placed: PlacedStep): boolean =>
  typed(placed)
    ? typed(placed)?.danger !== 'read'
    : hasRole(placed, 'acts') === 'by name' || (hasRole(placed, 'acts') !== undefined && !isLook(placed));

/** Whether a step looks at a result. A title says so only of a step that is not known to do something. */
export const isLook = (placed: PlacedStep): boolean =>
  hasRole(placed, 'looks') !== undefined &&
  (typed(placed)?.danger ?? 'read') === 'read' &&
  (hasRole(placed, 'looks') === 'by name' || hasRole(placed, 'acts') !== 'by name');

/** An action that reads is a look at the result when the step that calls it says so: `verify` by `replica.read_lag`. */
export const mayLook = ({ step, action }: PlacedStep): boolean =>
  action === undefined &&
  READS.test(step.uses) &&
  SIGNS.looks.words.test(`${step.id.replaceAll(/[-_]/g, ' ')} ${step.title ?? ''}`);

const READS = /\.(read|status|query|list|describe)(_|$)/;

const verifying = new WeakMap<Runbook, readonly PlacedStep[]>();

/** The steps that look whether what the runbook did is right: after something was altered or made. */
export function verifyingSteps(book: Runbook): readonly PlacedStep[] {
  const before = verifying.get(book);
  if (before) return before;
  const effects = book.steps.filter(isEffect);
  const steps = book.steps.filter(
    (look) =>
      // A command may act and look in one step.
      isLook(look) && effects.some((effect) => effect === look || book.isAfter(look.step.id, effect.step.id)),
  );
  verifying.set(book, steps);
  return steps;
}

/** Whether somebody has looked before this step begins. */
export const isLookedAtBefore = (book: Runbook, { step }: PlacedStep): boolean =>
  verifyingSteps(book).some((look) => book.isAfter(step.id, look.step.id));
