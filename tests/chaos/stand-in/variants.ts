import { KnownError } from '../../../src/model/errors.ts';
import { membershipsOf, type RunScenario, scenarioOfRun } from '../../../src/model/run-scenario.ts';
import { actionNamed, isReal } from './actions.ts';
import type { Play } from './lives.ts';
import { conditionsOf, derive } from './outputs.ts';
import type { ExampleScenario } from './plans.ts';
import { NATURES, type Role, type Trouble } from './world.ts';

/** One way in which a scenario can go. */
export interface Variant {
  readonly name: string;
  readonly play: Play;
  /** The scenario as it is meant, only the natures of its steps differ. */
  readonly isCast: boolean;
  readonly endsAs: 'succeeded' | 'failed';
  /** Steps of which a table had to say what they put out. */
  readonly byHand: readonly string[];
}

/**
 * The ways of a scenario that are worth a death at every moment: as it is meant, three times, so that every step has each nature once;
 * with each condition the other way round; with each alternative failing once; and with the last step failing that takes all back.
 */
export function variantsOf(example: ExampleScenario): readonly Variant[] {
  const scenario = scenarioOfRun({ origin: example.origin });
  return [
    ...NATURES.map((_, cast) => variant(example, { name: `cast ${cast + 1}`, cast })),
    ...conditionsOf(scenario).map((when) => variant(example, { name: `not ${when}`, cast: 0, unwanted: when })),
    ...alternatives(scenario).map(({ step, others }) => {
      const name = `${step} fails once`;
      return variant(example, { name, cast: 0, fails: step, isPassing: true, ...(others ? { unwanted: others } : {}) });
    }),
    ...stepsThatUndo(scenario).map((step) => variant(example, { name: `${step} fails, undo`, cast: 1, fails: step })),
  ];
}

interface Wanted {
  readonly name: string;
  readonly cast: number;
  readonly unwanted?: string;
  readonly fails?: string;
  readonly isPassing?: boolean;
}

function variant(example: ExampleScenario, wanted: Wanted): Variant {
  const { name, cast, unwanted, fails, isPassing = false } = wanted;
  const { inputs, outputs, byHand } = derive(example.origin, unwanted);
  const origin = { ...example.origin, inputs };
  const roles = castFor(scenarioOfRun({ origin }), outputs, cast);
  const troubles = new Map<string, Trouble>(fails === undefined ? [] : [[fails, { ...broken, isPassing }]]);
  return {
    name,
    play: { origin, roles, people: example.people, troubles },
    isCast: unwanted === undefined && fails === undefined,
    endsAs: fails === undefined || isPassing ? 'succeeded' : 'failed',
    byHand,
  };
}

export const broken: Trouble = {
  error: new KnownError('TARGET_FAILED', 'it is broken', 'Mend it.'),
  place: 'before',
  isPassing: true,
};

/** Each step that changes something has another nature than the one before it, and another one in each cast. */
function castFor({ steps }: RunScenario, outputs: ReadonlyMap<string, Role['output']>, cast: number) {
  let effects = 0;
  return new Map<string, Role>(
    steps.map(({ id, uses }) => {
      const changes = !isReal(uses) && actionNamed(uses).danger !== 'read';
      const nature = NATURES[(effects + cast) % NATURES.length] as Role['nature'];
      if (changes) effects++;
      return [id, { nature, output: outputs.get(id) ?? {} }];
    }),
  );
}

/** The first step of each alternative, and the condition of another one, which must not hold for this one to be taken. */
function alternatives(scenario: RunScenario): readonly { step: string; others?: string }[] {
  const all = scenario.steps.flatMap((step) => membershipsOf(step).map((membership) => ({ step, ...membership })));
  const firsts = all.filter(({ branch }, index) => all.findIndex((one) => one.branch === branch) === index);
  return firsts.map(({ step, group, branch }) => {
    const other = firsts.find((one) => one.group === group && one.branch !== branch)?.step;
    const others = other?.when ?? other?.parts?.find(({ when }) => when !== undefined)?.when;
    return { step: step.id, ...(others === undefined ? {} : { others }) };
  });
}

/** The last step whose failure takes everything back: then most is there to be taken back. */
const stepsThatUndo = ({ steps }: RunScenario): readonly string[] =>
  steps
    .filter(({ on_failure, uses }) => on_failure === 'undo' && !isReal(uses))
    .slice(-1)
    .map(({ id }) => id);
