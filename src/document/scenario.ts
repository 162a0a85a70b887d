import { alsoDown, lostComponents } from '../check/losses.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Plan, Scenario } from '../model/plan.ts';
import { decisions } from './decisions.ts';
import {
  type Block,
  blank,
  type Fact,
  fact,
  facts,
  item,
  joined,
  type Line,
  link,
  list,
  type Piece,
  paragraph,
  type Section,
  section,
  soft,
  strong,
  tag,
} from './document.ts';
import { filledIn, type Known } from './fill-in.ts';
import { numberedSteps } from './numbers.ts';
import { roleWithPeople } from './people.ts';
import { promises } from './promises.ts';
import { type Around, stepEntries } from './steps.ts';
import { anchors, type Subject, scenarioTitle } from './subject.ts';
import { severityOf } from './what-to-do.ts';
import { findingItem, isNote } from './words.ts';

/** One scenario, on pages of its own: is it this one, what is promised, what is needed, what is done, and the way back. */
export function scenarioSection(subject: Subject, name: string): Section {
  const { plan } = subject;
  const scenario = plan.scenarios[name] as Scenario;
  const steps = numberedSteps(plan, name);
  const known = knownOf(subject, name, scenario);
  const around: Around = { subject, scenario: name, steps, known };
  const parts: readonly (readonly [string, string, readonly Block[]])[] = [
    ['promises', 'Promised and measured', promises(subject, name, subject.sums(name))],
    ['before', 'Before you begin', before(around, scenario)],
    ['decisions', 'What is to be decided', decisions(plan, name, steps)],
    ['steps', 'Steps', stepsBlocks(around)],
    ['after', 'The way back, and what is left to do', after(around, scenario)],
    ['findings', 'What is wrong with this scenario', ofScenario(subject, name)],
  ];
  return {
    id: anchors.scenario(name),
    title: scenarioTitle(plan, name),
    page: true,
    blocks: recognised(plan, name, scenario),
    sections: parts.flatMap(([part, title, blocks]) => section({ id: anchors.part(name, part), title, blocks })),
  };
}

const knownOf = ({ plan, environment }: Subject, scenario: string, { inputs }: Scenario): Known => ({
  components: JSON.parse(JSON.stringify(plan.components)) as JsonObject,
  environment,
  scenario,
  inputs,
});

/** How one knows that it is this one, and what it means. */
function recognised(plan: Plan, name: string, scenario: Scenario): readonly Block[] {
  const severity = severityOf(plan, name);
  const lost = lostComponents(plan, scenario);
  const down = alsoDown(plan, lost);
  const domains = scenario.loses_domains.map(
    (one): Line => [link(plan.domains[one]?.title ?? one, anchors.domain(one))],
  );
  const links = (names: readonly string[]): Line =>
    joined(
      names.map((one) => [link(plan.components[one]?.title ?? one, anchors.component(one))]),
      '; ',
    );
  return [
    ...list(scenario.detection.map((sign) => item([strong(sign)]))),
    ...facts([
      ...(scenario.deadline === undefined
        ? []
        : [
            fact(
              'May take in all',
              `${scenario.deadline} from its start; then the run is paused until a person extends it`,
            ),
          ]),
      ...(scenario.detect_within === undefined ? [] : [fact('Noticed within', scenario.detect_within)]),
      ...(severity === undefined
        ? []
        : [
            fact(
              'Severity',
              link(severity, anchors.severity(severity)),
              soft(` ${plan.severities[severity]?.title ?? ''}`),
            ),
          ]),
      ...(lost.length === 0 ? [] : [fact('Lost', ...links(lost))]),
      ...(domains.length === 0 ? [] : [fact('Gone', ...joined(domains, '; '))]),
      ...(down.length === 0 ? [] : [fact('Down with it', ...links(down.map((one) => one.name)))]),
      ...risk(scenario),
      ...(scenario.note === undefined ? [] : [fact('Note', scenario.note)]),
    ]),
  ];
}

const risk = ({ likelihood, damage }: Scenario): readonly Fact[] => {
  const parts = [
    ...(likelihood === undefined ? [] : [`likelihood ${likelihood}`]),
    ...(damage === undefined ? [] : [`damage ${damage}`]),
  ];
  return parts.length === 0 ? [] : [fact('Risk', parts.join(', '))];
};

function before(around: Around, scenario: Scenario): readonly Block[] {
  const { plan } = around.subject;
  const roles = [...new Set(around.steps.flatMap(({ step }) => (step.approve ? [step.approve.role] : [])))];
  return [
    ...list(scenario.prerequisites.map((text) => item(['☐ ', text]))),
    ...facts([
      ...roles.map((role) => fact('Has to say yes', ...roleWithPeople(plan, role))),
      ...Object.entries(scenario.inputs).map(([input, { describe, default: preset }]) =>
        fact(
          `To find out: ${input}`,
          describe,
          ...(preset === undefined ? [] : [soft(` ${preset} when nothing is said.`)]),
        ),
      ),
      ...(scenario.impact === undefined ? [] : [fact('The clock starts', ...filledIn(scenario.impact, around.known))]),
      ...(scenario.detected === undefined ? [] : [fact('Noticed at', ...filledIn(scenario.detected, around.known))]),
    ]),
    ...commands(around, scenario),
  ];
}

/** How Lifeboat does it, as far as this build can. */
function commands({ subject, scenario: name, steps }: Around, scenario: Scenario): readonly Block[] {
  const missing = [...new Set(steps.map(({ step }) => step.uses).filter((uses) => !subject.actions.has(uses)))];
  if (steps.length === 0) return [paragraph(tag('The plan has no steps for this scenario.', 'bad'))];
  if (missing.length > 0)
    return [
      paragraph('By hand, step by step: this build of Lifeboat cannot carry out ', soft(missing.join(', ')), '.'),
    ];
  const [first] = Object.keys(subject.plan.environments);
  const call: readonly Piece[] = [
    `lifeboat recover ${name}`,
    ...(subject.planFile === 'lifeboat.yaml' ? [] : [` --plan ${subject.planFile}`]),
    ...(subject.environment === first ? [] : [` --environment ${subject.environment}`]),
    ...Object.entries(scenario.inputs).flatMap(([input, { default: preset }]) =>
      preset === undefined ? [` --set ${input}=`, blank(`input ${input}`)] : [],
    ),
  ];
  return [
    paragraph('Lifeboat does it with these two, of which the first only looks; or do the steps by hand.'),
    { kind: 'command', pieces: [...call, ' --dry-run\n', ...call] },
  ];
}

const stepsBlocks = (around: Around): readonly Block[] =>
  around.steps.length === 0 ? [] : [{ kind: 'steps', steps: stepEntries(around) }];

function after(around: Around, { rollback, failback, healthy }: Scenario): readonly Block[] {
  const { subject, scenario: name, steps } = around;
  const healthyStep = steps.findLast(({ step }) => step.id === healthy || step.id.startsWith(`${healthy}.`));
  return facts([
    ...(healthyStep
      ? [
          fact(
            'Serves again after',
            `step ${healthyStep.number}: `,
            link(healthyStep.title, anchors.step(name, healthyStep.step.id)),
          ),
        ]
      : []),
    fact('To take it back', rollback ?? tag('the plan does not say how', 'open')),
    fact('To go back to normal', ...failbackLine(subject.plan, failback)),
    ...owed(around),
  ]);
}

const failbackLine = (plan: Plan, failback: Scenario['failback']): Line => {
  if (failback === undefined) return [tag('the plan does not say how', 'open')];
  if (typeof failback !== 'string') return ['nothing to do. ', failback.not_needed];
  return [link(scenarioTitle(plan, failback), anchors.scenario(failback))];
};

/** What is taken away on the way and has to be given back. */
function owed({ subject, scenario, steps }: Around): readonly Fact[] {
  const of = (wanted: 'owes' | 'settles') =>
    steps
      .filter(({ step }) => subject.actions.get(step.uses)?.[wanted])
      .map(({ step, title, number }): Line => [`${number} `, link(title, anchors.step(scenario, step.id))]);
  const [taken, given] = [of('owes'), of('settles')];
  return [
    ...(taken.length === 0 ? [] : [fact('Has to be put back', ...joined(taken, '; '))]),
    ...(taken.length === 0 || given.length === 0 ? [] : [fact('Is put back by', ...joined(given, '; '))]),
  ];
}

/** What is found in it, but for notes. */
const ofScenario = ({ findings }: Subject, name: string): readonly Block[] =>
  list(
    findings
      .filter(
        ({ rule, level, path }) =>
          !isNote({ rule, level }) && (path === `scenarios.${name}` || path?.startsWith(`scenarios.${name}.`)),
      )
      .map(findingItem),
  );
