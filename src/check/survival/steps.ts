import { allNeeded, type Needs } from '../../lib/graph.ts';
import type { Plan, Scenario, Step } from '../../model/plan.ts';
import { isLost } from '../losses.ts';
import { reachOf } from '../reach.ts';
import type { PlacedStep } from '../runbooks/runbook.ts';
import { hasRole, isLook } from '../runbooks/step-roles.ts';
import type { GoneComponent } from './components.ts';
import { channelLeft } from './people.ts';
import type { ToolFate } from './tool.ts';

/** What is lost while the steps of one scenario are gone through, in their order. */
export interface Loss {
  readonly plan: Plan;
  /** What each component needs directly. */
  readonly needs: Needs;
  readonly lost: readonly string[];
  readonly tool: ToolFate;
  /** People who are lost. */
  readonly away: readonly string[];
  readonly gone: ReadonlyMap<string, GoneComponent>;
  readonly scenario: Scenario;
  /** What the scenario is about. */
  readonly about: readonly string[];
  /** What the steps so far have brought back; grows as they are judged. */
  readonly back: Set<string>;
}

/** stops: why it cannot run. doubts: why nobody knows whether it can. */
export interface StepJudgement {
  readonly stops: readonly string[];
  readonly doubts: readonly string[];
}

/** Whether a step could run under a loss, after the steps before it. */
export function judgeStep(placed: PlacedStep, loss: Loss): StepJudgement {
  const all = [
    placeOf(placed, loss),
    componentOf(placed, loss),
    commandOf(placed, loss),
    ...surroundings(placed, loss),
  ];
  const judgement = { stops: all.flatMap(({ stops }) => stops), doubts: all.flatMap(({ doubts }) => doubts) };
  const component = textOf(placed.step, 'component');
  if (component !== undefined && judgement.stops.length === 0 && isBackAfter(placed, loss)) loss.back.add(component);
  return judgement;
}

/** What was acted on is there; and what a step finds in a place that is left, is there as well. */
const isBackAfter = (placed: PlacedStep, loss: Loss): boolean =>
  hasRole(placed, 'acts') !== undefined ||
  (saidPlaces(placed.step, loss).length > 0 && !ABOUT_THE_LOSS.test(placed.step.uses) && !hasRole(placed, 'finds'));

const FINE: StepJudgement = { stops: [], doubts: [] };
const stop = (why: string): StepJudgement => ({ stops: [why], doubts: [] });
const doubt = (why: string): StepJudgement => ({ stops: [], doubts: [why] });

function textOf({ with: input }: Step, field: string): string | undefined {
  const value = input[field];
  return typeof value === 'string' ? value : undefined;
}

/** The domains a step says it acts in, or moves something to. */
function saidPlaces(step: Step, { plan }: Loss): readonly string[] {
  const written = ['in', 'to'].flatMap((field) => textOf(step, field) ?? []);
  return [...(step.in === undefined ? [] : [step.in]), ...written.filter((one) => Object.hasOwn(plan.domains, one))];
}

/** What an attacker has taken over is still there: it is isolated where it is. */
const isTakenOver = (domain: string, { scenario }: Loss): boolean =>
  scenario.kind === 'security' && isLost(domain, scenario.loses_domains);

function placeOf({ step }: PlacedStep, loss: Loss): StepJudgement {
  const place = saidPlaces(step, loss).find((one) => isLost(one, loss.lost) && !isTakenOver(one, loss));
  if (place !== undefined) return stop(`it acts in ${place}, which is lost`);
  const from = [step.with.from].flat().filter((one) => typeof one === 'string');
  const known = from.filter((one) => Object.hasOwn(loss.plan.domains, one));
  const isBlind = known.length > 0 && known.every((one) => isLost(one, loss.lost));
  return isBlind ? stop(`it works from ${known.join(' and ')}, which ${known.length === 1 ? 'is' : 'are'} lost`) : FINE;
}

/** Steps that find out about the loss, or keep the lost away: to them no answer is an answer. */
const ABOUT_THE_LOSS = /\.(confirm|status|fence|isolate|cordon|preserve)/;

const MAKES_ANEW = /\.(restore|rebuild|create|provision|promote|open_mirror)/;

function componentOf(placed: PlacedStep, loss: Loss): StepJudgement {
  const { step } = placed;
  const name = textOf(step, 'component');
  const gone = name === undefined ? undefined : loss.gone.get(name);
  if (name === undefined || loss.back.has(name) || ABOUT_THE_LOSS.test(step.uses)) return FINE;
  const needed = isLook(placed) ? neededAndGone(name, loss) : undefined;
  if (needed?.surely)
    return stop(`${name} needs ${needed.component}, which is gone, and this scenario is not about that`);
  if (needed) return doubt(`${name} needs ${needed.component}, and nothing says where that lives`);
  if (!gone) return FINE;
  if (gone.data === 'lost') return stop(`${name} is gone, and no copy of it is left`);
  const unsure = gone.data === 'unknown' ? doubt(`nobody knows whether a copy of ${name} is left`) : FINE;
  if (saidPlaces(step, loss).length > 0) return unsure;
  if (!gone.surely) return doubt(`nothing says where ${name} lives, so it may be gone`);
  if (MAKES_ANEW.test(step.uses)) return madeAnew(placed, name, loss) ?? unsure;
  return missing(placed, name, loss);
}

/** Something that is gone, or may be, that a component cannot serve without, and that the scenario is not about. */
function neededAndGone(name: string, { needs, gone, about, back }: Loss): GoneComponent | undefined {
  const needed = allNeeded(needs, name);
  const missed = [...gone.values()].filter(
    ({ component: one }) => needed.has(one) && !about.includes(one) && !back.has(one),
  );
  return missed.find(({ surely }) => surely) ?? missed[0];
}

/** A whole region is not made anew where it was; a machine is. What Lifeboat restores itself, it restores where it runs. */
function madeAnew({ action }: PlacedStep, name: string, { plan, lost }: Loss): StepJudgement | undefined {
  if (action) return undefined;
  const { domain } = plan.components[name] ?? {};
  const lostAt = Object.keys(plan.domains).find((one) => isLost(domain, [one]) && isLost(one, lost));
  const kind = lostAt === undefined ? undefined : plan.domains[lostAt]?.kind;
  if (kind === 'host') return undefined;
  if (kind === undefined || kind === 'other') return doubt(`nothing says where it makes ${name} anew (in)`);
  return stop(`it makes ${name} anew where it was, in ${domain}, which is lost`);
}

function missing(placed: PlacedStep, name: string, { needs, back }: Loss): StepJudgement {
  const needed = allNeeded(needs, name);
  const through = [...back].find((one) => needed.has(one));
  if (isLook(placed) && through !== undefined)
    return doubt(`nothing before it says that it brings ${name} back, only ${through}, which ${name} needs`);
  return stop(`${name} is gone, and no step before it brings it back`);
}

/** Commands are not read here: where they act, only the step can say. */
function commandOf(placed: PlacedStep, loss: Loss): StepJudgement {
  const { step } = placed;
  const { gone, about, scenario } = loss;
  if (hasRole(placed, 'acts') === 'by title' && !isLook(placed)) {
    const kept = about.flatMap((name) => gone.get(name) ?? []).filter(({ keepsData }) => keepsData);
    const hopeless = kept.filter(({ data }) => data === 'lost').map(({ component }) => component);
    const names = hopeless.slice(0, MOST_NAMES).join(', ');
    if (hopeless.length > 0 && hopeless.length === kept.length) return stop(`no copy is left of ${names}`);
    if (hopeless.length > 0) return doubt(`no copy is left of ${names}`);
  }
  if (step.uses !== 'shell.run' || saidPlaces(step, loss).length > 0) return FINE;
  const needsItAlive = scenario.kind === 'rollback' || scenario.kind === 'degradation';
  const isAllGone = about.length > 0 && about.every((one) => gone.get(one)?.surely);
  if (needsItAlive && isAllGone) return stop(`what it works on is gone: ${about.slice(0, MOST_NAMES).join(', ')}`);
  return doubt('nothing says where its command acts (in)');
}

const MOST_NAMES = 3;

/** What a step needs besides the place and the thing it acts on. */
const surroundings = ({ step }: PlacedStep, loss: Loss): readonly StepJudgement[] => [
  channelOf(step, loss),
  approvalOf(step, loss),
  repositoryOf(step, loss),
  ...filesOf(step, loss),
];

function channelOf(step: Step, { plan, lost }: Loss): StepJudgement {
  const name = textOf(step, 'channel');
  if (name === undefined || !Object.hasOwn(plan.channels, name)) return FINE;
  const { channel, unsure } = channelLeft(plan, name, lost);
  if (channel !== undefined) return FINE;
  if (unsure) return doubt(`nobody knows whether the channel ${name} works: the plan does not say where it lives`);
  return stop(`the channel ${name} is lost, and so is all it falls back on`);
}

function approvalOf({ approve }: Step, { plan, away }: Loss): StepJudgement {
  if (!approve) return FINE;
  const { people, callable, vendor } = reachOf(plan, approve.role);
  if (vendor !== undefined) return FINE;
  const left = people.filter((name) => !away.includes(name));
  const needed = `${approve.count === 1 ? 'somebody' : `${approve.count} people`} of ${approve.role} must approve`;
  if (people.length === 0) return stop(`${needed}, and nobody has that role`);
  if (left.length < approve.count)
    return stop(`${needed}, and ${left.length === 0 ? 'nobody' : `only ${left.join(', ')}`} is left`);
  const reached = left.filter((name) => callable.includes(name));
  return reached.length < approve.count ? doubt(`${needed}, and the plan does not say how to reach them`) : FINE;
}

const USES_REPOSITORY =
  /^postgres\.(restore_|find_deletion|extract_|preview_rows|load_rows|verify_rows|base_backup|dump)/;

function repositoryOf({ uses }: Step, { tool: { repository } }: Loss): StepJudgement {
  if (!USES_REPOSITORY.test(uses) || repository.state === 'there') return FINE;
  if (repository.state === 'unknown') return doubt('nothing says where the repository of backups is');
  if (repository.state === 'none') return stop('it needs a repository of backups, and the plan has none');
  return stop(`the repository of backups is gone with ${repository.domain}`);
}

function filesOf(step: Step, { plan, tool: { files } }: Loss): readonly StepJudgement[] {
  const texts = textsIn(step.with);
  const calls = Object.keys(plan.files).filter((path) => texts.some((text) => names(text, path)));
  return calls.map((path) => {
    if (files.missing.includes(path)) return stop(`nobody has ${path}`);
    if (files.unsaid.includes(path)) return doubt(`nobody says whether ${path} is kept in the source repository`);
    if (files.state === 'gone') return stop(`${path} is gone with the source repository`);
    return files.state === 'unknown'
      ? doubt(`nobody knows whether ${path} is left: where the source is kept is not said`)
      : FINE;
  });
}

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** A file is called by its path, or, where that is all the text says, by its last part. */
const names = (text: string, path: string): boolean =>
  text === path ||
  path.endsWith(`/${text}`) ||
  text.split(/[\s"'`;|&()<>]+/).some((word) => word.replace(/^\.\//, '') === path);
