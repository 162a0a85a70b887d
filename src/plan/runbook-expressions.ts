import { whoNeedsWhom } from '../lib/graph.ts';
import { nearestOf } from '../lib/nearest.ts';
import { KnownError } from '../model/errors.ts';
import { type PlanPath, pathText } from '../model/finding.ts';
import type { OutputUse } from '../model/output-use.ts';
import type { Plan, Scenario, Step } from '../model/plan.ts';
import { stepNeeds } from '../model/step-needs.ts';
import type { Problem } from './problem.ts';
import { type NameUse, namesUsed } from './references.ts';

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
  readonly impact?: string;
  readonly steps: readonly Step[];
  readonly names: ReadonlySet<string>;
  readonly inputs: readonly string[];
  /** Whether a step is over before another one begins. */
  needs(step: string, earlier: string): boolean;
}

const bookOf = (part: string, name: string, runbook: Pick<Scenario, 'steps' | 'inputs'>, impact?: string): Book => ({
  name,
  path: [part, name],
  ...(impact === undefined ? {} : { impact }),
  steps: runbook.steps,
  names: new Set(runbook.steps.map(({ id }) => id)),
  inputs: Object.keys(runbook.inputs),
  needs: whoNeedsWhom(stepNeeds(runbook)),
});

const scenarioBooks = ({ scenarios }: Plan): readonly Book[] =>
  Object.entries(scenarios).map(([name, scenario]) => bookOf('scenarios', name, scenario, scenario.impact));

const procedureBooks = ({ procedures }: Plan): readonly Book[] =>
  Object.entries(procedures).map(([name, procedure]) => bookOf('procedures', name, procedure));

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

function outputOf({ name, fields }: NameUse, text: RunbookText): { step: string; output: string } | undefined {
  if (name === 'outputs' && text.step !== undefined && fields[0] !== undefined)
    return { step: text.step, output: fields[0] };
  const [step, word, output] = fields;
  return name === 'steps' && step !== undefined && word === 'outputs' && output !== undefined
    ? { step, output }
    : undefined;
}

/** A text of a runbook that may hold expressions. `step` is absent for those of the scenario itself. */
interface RunbookText {
  readonly path: PlanPath;
  readonly text: string;
  readonly where: 'with' | 'when' | 'success' | 'impact';
  readonly step?: string;
}

function textsOf({ path: base, impact: moment, steps }: Book): readonly RunbookText[] {
  const impact = moment === undefined ? [] : [{ path: [...base, 'impact'], text: moment, where: 'impact' as const }];
  const ofSteps = steps.flatMap((step, index) => {
    const at = [...base, 'steps', index];
    const conditions = (['when', 'success'] as const).flatMap((where) => {
      const text = step[where];
      return text === undefined ? [] : [{ path: [...at, where], text, where, step: step.id }];
    });
    const inputs = textsIn(step.with, [...at, 'with']).map((found) => ({
      ...found,
      where: 'with' as const,
      step: step.id,
    }));
    return [...inputs, ...conditions];
  });
  return [...impact, ...ofSteps];
}

function textsIn(value: unknown, path: PlanPath): readonly { readonly path: PlanPath; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => textsIn(member, [...path, key]));
}

function read(text: RunbookText): { readonly uses: readonly NameUse[]; readonly error?: KnownError } {
  try {
    return { uses: namesUsed(text.text, { bare: text.where === 'when' || text.where === 'success' }) };
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
      return text.where === 'success'
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
    case 'env()':
      return {
        message: `${here} asks for an environment variable, and a run may be resumed where it is not set`,
        hint: 'Put env() into a field of a component, and use components.NAME.FIELD here; or make it an input of the scenario.',
      };
    default: {
      const names = [...SCOPE, ...(text.where === 'success' ? ['outputs'] : [])];
      return unknownOf(here, 'name', name, names);
    }
  }
}

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
