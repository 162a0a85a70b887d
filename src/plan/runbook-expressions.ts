import { whoNeedsWhom } from '../lib/graph.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import type { OutputUse } from '../model/output-use.ts';
import { PROCEDURE, procedureUse } from '../model/plan/expand.ts';
import { lookIn } from '../model/plan/look.ts';
import type { Plan, Scenario, Step } from '../model/plan.ts';
import { stepNeeds } from '../model/step-needs.ts';
import type { NameUse } from './names-in.ts';
import type { Problem } from './problem.ts';
import { namesUsed } from './references.ts';

/** Everything in the runbooks' expressions that cannot be right: bad CEL, unknown names, outputs of steps that have not run by then. */
export function runbookProblems(plan: Plan): Problem[] {
  return [...scenarioBooks(plan), ...procedureBooks(plan)].flatMap((book) =>
    textsOf(book).flatMap((text) => problemsOf(plan, book, text)),
  );
}

/** Steps that share their names: those of a scenario, or of a procedure that scenarios use. */
interface Book {
  readonly name: string;
  readonly path: PlanPath;
  readonly moments: readonly (readonly ['impact' | 'detected', string])[];
  readonly steps: readonly Step[];
  readonly names: ReadonlySet<string>;
  readonly inputs: readonly string[];
  /** Whether all its steps are carried out for one of several items, wherever it is used. */
  readonly isForItems: boolean;
  /** Whether a step is over before another one begins. */
  needs(step: string, earlier: string): boolean;
}

const bookOf = (
  part: string,
  name: string,
  runbook: Pick<Scenario, 'steps' | 'inputs'> & Partial<Pick<Scenario, 'impact' | 'detected'>>,
): Book => ({
  name,
  path: [part, name],
  isForItems: false,
  moments: (['impact', 'detected'] as const).flatMap((moment) => {
    const text = runbook[moment];
    return text === undefined ? [] : [[moment, text] as const];
  }),
  steps: runbook.steps,
  names: new Set(runbook.steps.map(({ id }) => id)),
  inputs: Object.keys(runbook.inputs),
  needs: whoNeedsWhom(stepNeeds(runbook)),
});

const scenarioBooks = ({ scenarios }: Plan): readonly Book[] =>
  Object.entries(scenarios).map(([name, scenario]) => bookOf('scenarios', name, scenario));

const procedureBooks = (plan: Plan): readonly Book[] =>
  Object.entries(plan.procedures).map(([name, procedure]) => ({
    ...bookOf('procedures', name, procedure),
    isForItems: isForItems(plan, name),
  }));

/** Whether every use of a procedure says for_each, itself or somewhere around it. */
function isForItems(plan: Plan, procedure: string, trail: readonly string[] = []): boolean {
  if (trail.includes(procedure)) return false;
  const uses = ({ steps }: { readonly steps: readonly Step[] }) =>
    steps.filter((step) => step.uses === PROCEDURE && procedureUse(step).procedure === procedure);
  const inScenarios = Object.values(plan.scenarios).flatMap(uses);
  const inProcedures = Object.entries(plan.procedures).flatMap(([name, one]) =>
    uses(one).map((step) => ({ name, step })),
  );
  if (inScenarios.length + inProcedures.length === 0) return false;
  return (
    inScenarios.every((step) => step.for_each !== undefined) &&
    inProcedures.every(({ name, step }) => step.for_each !== undefined || isForItems(plan, name, [...trail, procedure]))
  );
}

/** Which outputs the runbooks take from which steps. Expressions that cannot be read are left out: runbookProblems names them. */
export function outputsUsed(plan: Plan): readonly OutputUse[] {
  return scenarioBooks(plan).flatMap((book) =>
    textsOf(book).flatMap((text) =>
      read(text).uses.flatMap((use) => {
        const used = outputOf(use, text);
        return used ? [{ path: text.path, scenario: book.name, ...used }] : [];
      }),
    ),
  );
}

function outputOf(
  { name, fields }: NameUse,
  text: RunbookText,
): Pick<OutputUse, 'step' | 'output' | 'uses'> | undefined {
  if (name === 'outputs' && text.step !== undefined && fields[0] !== undefined)
    return { step: text.step, output: fields[0], ...(text.uses === undefined ? {} : { uses: text.uses }) };
  const [step, word, output] = fields;
  return name === 'steps' && step !== undefined && word === 'outputs' && output !== undefined
    ? { step, output }
    : undefined;
}

/** A text of a runbook that may hold expressions. `step` is absent for those of the scenario itself. */
interface RunbookText {
  readonly path: PlanPath;
  readonly text: string;
  readonly where: 'with' | 'for_each' | 'when' | 'success' | 'until' | 'impact' | 'detected';
  readonly step?: string;
  /** The action whose outputs it sees, where that is not the one of the step. */
  readonly uses?: string;
  /** Whether it is worked out for each of several items. */
  readonly seesItem?: boolean;
}

function textsOf({ path: base, moments, steps }: Book): readonly RunbookText[] {
  const ofRunbook = moments.map(([where, text]) => ({ path: [...base, where], text, where }));
  const ofSteps = steps.flatMap((step, index) => {
    const at = [...base, 'steps', index];
    const conditions = (['when', 'success'] as const).flatMap((where) => {
      const text = step[where];
      const seesItem = step.for_each !== undefined && where === 'success';
      return text === undefined ? [] : [{ path: [...at, where], text, where, step: step.id, seesItem }];
    });
    const list = textsIn(step.for_each, [...at, 'for_each']).map((found) => ({
      ...found,
      where: 'for_each' as const,
      step: step.id,
    }));
    const inputs = textsIn(step.with, [...at, 'with']).map((found) => ({
      ...found,
      where: 'with' as const,
      step: step.id,
      seesItem: step.for_each !== undefined,
    }));
    const until = untilOf(step, at);
    const others = inputs.filter(({ path }) => pathText(path) !== (until && pathText(until.path)));
    return [...list, ...others, ...conditions, ...(until ? [until] : [])];
  });
  return [...ofRunbook, ...ofSteps];
}

/** What ends the looking of a step. It stands in its input, and is worked out only when something was seen. */
function untilOf(step: Step, at: PlanPath): RunbookText | undefined {
  const placed = lookIn(step);
  const { until, uses } = placed?.look ?? {};
  if (!placed || typeof until !== 'string') return undefined;
  const about = {
    path: [...at, ...placed.at, 'until'],
    text: until,
    step: step.id,
    seesItem: step.for_each !== undefined,
  };
  return { ...about, where: 'until', ...(typeof uses === 'string' ? { uses } : {}) };
}

/** Which conditions see what was just put out, and need no braces. */
const SEES_OUTPUTS: ReadonlySet<RunbookText['where']> = new Set(['success', 'until']);

function textsIn(value: unknown, path: PlanPath): readonly { readonly path: PlanPath; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, [...path, key]));
}

function read(text: RunbookText): { readonly uses: readonly NameUse[]; readonly error?: KnownError } {
  try {
    return { uses: namesUsed(text.text, { bare: text.where === 'when' || SEES_OUTPUTS.has(text.where) }) };
  } catch (error) {
    if (error instanceof KnownError) return { uses: [], error };
    throw error;
  }
}

function problemsOf(plan: Plan, book: Book, text: RunbookText): readonly Problem[] {
  const { uses, error } = read(text);
  if (error)
    return [
      {
        rule: 'plan.expression',
        level: 'error',
        path: text.path,
        message: `${pathText(text.path)}: ${error.message}`,
        hint: error.hint,
      },
    ];
  return uses.flatMap((use) => {
    const wrong = wrongName(plan, book, text, use);
    return wrong ? [{ rule: 'plan.reference', level: 'error' as const, path: text.path, ...wrong }] : [];
  });
}

type Wrong = { readonly message: string; readonly hint: string };

function wrongName(plan: Plan, book: Book, text: RunbookText, { name, fields }: NameUse): Wrong | undefined {
  const [field] = fields;
  const here = pathText(text.path);
  switch (name) {
    case 'run':
      return field === undefined ? undefined : unknownOf(here, 'run', field, RUN_FIELDS);
    case 'outputs':
      return SEES_OUTPUTS.has(text.where)
        ? undefined
        : {
            message: `${here} uses outputs, and only success sees the outputs of its own step`,
            hint: 'Write steps.NAME.outputs for those of an earlier step.',
          };
    case 'inputs':
      return field === undefined ? undefined : unknownOf(here, 'input', field, book.inputs);
    case 'components':
      return field === undefined ? undefined : unknownOf(here, 'component', field, Object.keys(plan.components));
    case 'steps':
      return field === undefined ? undefined : wrongStep(book, text, field);
    case 'item':
    case 'index':
      return text.seesItem || book.isForItems
        ? undefined
        : { message: `${here} uses ${name}, and it is not carried out for one of several items`, hint: ITEM_HINT };
    case 'env()':
      return {
        message: `${here} asks for an environment variable, and a run may be resumed where it is not set`,
        hint: 'Put env() into a field of a component, and use components.NAME.FIELD here; or make it an input of the scenario.',
      };
    default: {
      const names = [...SCOPE, ...(SEES_OUTPUTS.has(text.where) ? ['outputs'] : [])];
      return unknownOf(here, 'name', name, names);
    }
  }
}

const ITEM_HINT =
  'Only with and success of a step with for_each see item and index, and the steps of a procedure of which every use says for_each.';

/** What the engine lets expressions of a step see. */
const SCOPE = ['inputs', 'steps', 'run', 'components'];
const RUN_FIELDS = ['id', 'started_at', 'impact_at', 'environment', 'scenario'];

function unknownOf(here: string, what: string, name: string, known: readonly string[]): Wrong | undefined {
  if (known.includes(name)) return undefined;
  const meant = nearestOf(name, known);
  return {
    message: `${here} uses the ${what} "${name}", which does not exist`,
    hint: meant ? `Did you mean ${meant}?` : `There are: ${known.join(', ') || 'none'}.`,
  };
}

function wrongStep(book: Book, text: RunbookText, used: string): Wrong | undefined {
  const here = pathText(text.path);
  if (!book.names.has(used)) return unknownOf(here, 'step', used, [...book.names]);
  if (text.step === undefined) return undefined;
  if (book.needs(text.step, used)) return undefined;
  return {
    message: `${here} uses what the step "${used}" puts out, and nothing makes that step run before "${text.step}"`,
    hint:
      used === text.step
        ? 'A step sees its own outputs only in success, as outputs.NAME.'
        : `Move it below, or add ${used} to its needs.`,
  };
}
