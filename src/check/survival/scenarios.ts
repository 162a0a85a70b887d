import { type ExpandedStep, expandedSteps } from '../../model/plan/expand.ts';
import type { Plan } from '../../model/plan.ts';
import { componentNeeds, isLost, lostComponents } from '../losses.ts';
import type { CheckFacts } from '../rule.ts';
import { type Runbook, runbooks } from '../runbooks/runbook.ts';
import type { GoneComponent } from './components.ts';
import { judgeStep, type Loss, type StepJudgement } from './steps.ts';
import type { ToolFate } from './tool.ts';

/** What a scenario could still do. */
export interface ScenarioFate {
  readonly scenario: string;
  readonly title: string;
  /** Whether it is written for a loss at least as large as this one. */
  readonly meant: boolean;
  /** How many of the components that are gone it is about. */
  readonly answers: number;
  /** runs: to its end. stops: a step cannot run. unknown: the plan leaves out what it would need to be sure. empty: it has no steps. */
  readonly verdict: 'runs' | 'stops' | 'unknown' | 'empty';
  /** The first step that cannot run, or else the first of which nobody knows. */
  readonly first: StepFate | null;
  /** Whether it serves again although it does not come to its end: what cannot run is not needed for the healthy step. */
  readonly servesBefore: boolean;
  /** What it is about, keeps data, and has nothing left to be recovered from. */
  readonly staysLost: readonly string[];
  /** How many of its steps this build cannot carry out: people do. */
  readonly byHand: number;
  /** Steps that cannot be relied on, in the order in which they are written, without the one above. */
  readonly doubts: readonly StepFate[];
}

export interface StepFate {
  readonly step: string;
  readonly title: string | null;
  readonly why: string;
}

export interface ScenariosRequest {
  readonly plan: Plan;
  readonly lost: readonly string[];
  readonly facts: CheckFacts;
  /** What is gone, and what may be. */
  readonly gone: readonly GoneComponent[];
  readonly down: readonly string[];
  readonly tool: ToolFate;
  /** People who are lost. */
  readonly away: readonly string[];
}

/** Judges every scenario under a loss; the one that fits it best comes first. */
export function scenarioFates(request: ScenariosRequest): readonly ScenarioFate[] {
  const { plan, facts } = request;
  const fits = runbooks(plan, facts).map((book) => ({ ...fitOf(book, request), fate: scenarioFate(book, request) }));
  return fits
    .sort(
      (a, b) =>
        Number(b.meant) - Number(a.meant) ||
        b.domains - a.domains ||
        Number(b.isDisaster) - Number(a.isDisaster) ||
        Number(bringsBack(b.fate)) - Number(bringsBack(a.fate)) ||
        b.score - a.score,
    )
    .map(({ meant, answers, fate }) => ({ ...fate, meant, answers }));
}

type Judged = Omit<ScenarioFate, 'meant' | 'answers'>;

const bringsBack = ({ verdict, servesBefore }: Judged): boolean =>
  verdict === 'runs' || verdict === 'unknown' || servesBefore;

interface Fit {
  readonly meant: boolean;
  readonly answers: number;
  /** How many of the lost domains it loses too. */
  readonly domains: number;
  readonly isDisaster: boolean;
  /** How much of what is gone it is about, and how little else; 1 is all and nothing else. */
  readonly score: number;
}

function fitOf({ scenario }: Runbook, { plan, lost, gone, down }: ScenariosRequest): Fit {
  // What is only down meanwhile neither speaks for a scenario nor against it.
  const about = lostComponents(plan, scenario).filter((name) => !down.includes(name));
  const surely = gone.filter((one) => one.surely).map(({ component }) => component);
  const answers = surely.filter((name) => about.includes(name)).length;
  const domains = lost.filter((domain) => isLost(domain, scenario.loses_domains)).length;
  const covered = surely.length > 0 && answers === surely.length;
  // One that names domains is for those; one that names components is for them, wherever they are.
  const isForLess = scenario.loses_domains.length > 0;
  return {
    meant: domains === lost.length || (covered && !isForLess),
    domains,
    answers,
    // What takes a change back, or works around something slow, is no answer to a loss where there is one.
    isDisaster: scenario.kind === 'disaster' || domains === lost.length,
    score: answers / Math.max(1, new Set([...about, ...surely]).size),
  };
}

function staysLost({ scenario }: Runbook, { plan, gone }: ScenariosRequest): readonly string[] {
  const about = lostComponents(plan, scenario);
  return gone.flatMap(({ component, surely, data }) =>
    surely && data === 'lost' && about.includes(component) ? [component] : [],
  );
}

type JudgedStep = StepJudgement & { readonly expanded: ExpandedStep };

function scenarioFate(book: Runbook, request: ScenariosRequest): Judged {
  const judged = judgedSteps(book, request);
  const closed = closedGroups(judged);
  const stop = judged.find((one) => stops(one, closed));
  const doubts = judged.filter((one) => one !== stop && (one.stops.length > 0 || one.doubts.length > 0));
  const isEmpty = judged.length === 0;
  const verdict = isEmpty ? 'empty' : stop ? 'stops' : doubts.length > 0 ? 'unknown' : 'runs';
  const { healthy } = book.scenario;
  const needed = (id: string) => id === healthy || (healthy !== undefined && book.isAfter(healthy, id));
  return {
    scenario: book.name,
    title: book.scenario.title,
    verdict,
    first: stop ? { ...fateOf(stop), why: stop.stops[0] as string } : doubts[0] ? fateOf(doubts[0]) : null,
    servesBefore:
      healthy !== undefined &&
      stop !== undefined &&
      !judged.some((one) => stops(one, closed) && needed(one.expanded.step.id)),
    staysLost: staysLost(book, request),
    byHand: request.facts.actions.size === 0 ? 0 : book.steps.filter(({ action }) => !action).length,
    doubts: doubts.slice(stop ? 0 : 1).map(fateOf),
  };
}

function judgedSteps(book: Runbook, { plan, lost, gone, tool, away }: ScenariosRequest): readonly JudgedStep[] {
  const loss: Loss = {
    plan,
    needs: componentNeeds(plan),
    lost,
    tool,
    away,
    gone: new Map(gone.map((one) => [one.component, one])),
    scenario: book.scenario,
    about: lostComponents(plan, book.scenario),
    back: new Set(),
  };
  const expanded = expandedSteps(plan, book.name);
  return book.steps.map((placed, index) => ({
    ...judgeStep(placed, loss),
    expanded: expanded[index] as ExpandedStep,
  }));
}

/** Groups of alternatives none of which is open: where one is left, that one is taken. */
function closedGroups(judged: readonly JudgedStep[]): ReadonlySet<string> {
  const branches = new Map<string, Map<string, boolean>>();
  for (const { expanded, stops: why } of judged) {
    if (!expanded.alternative) continue;
    const { group, branch } = expanded.alternative;
    const known = branches.get(group) ?? new Map<string, boolean>();
    known.set(branch, (known.get(branch) ?? false) || why.length > 0);
    branches.set(group, known);
  }
  return new Set([...branches].filter(([, all]) => [...all.values()].every(Boolean)).map(([group]) => group));
}

/** A step with a condition may be left out, and one that may fail holds nothing up: those are doubts. */
function stops({ stops: why, expanded: { step, alternative } }: JudgedStep, closed: ReadonlySet<string>): boolean {
  if (why.length === 0 || step.when !== undefined || step.on_failure === 'continue') return false;
  return alternative === undefined || closed.has(alternative.group);
}

function fateOf({ stops: why, doubts, expanded: { step, alternative } }: JudgedStep): StepFate {
  const reason = why[0] ?? doubts[0] ?? '';
  const but =
    why.length === 0
      ? ''
      : step.when !== undefined
        ? '; it is left out when its condition is not met'
        : step.on_failure === 'continue'
          ? '; the run goes on without it'
          : alternative === undefined
            ? ''
            : `; it is one of the ways of ${alternative.group}`;
  return { step: step.id, title: step.title ?? null, why: `${reason}${but}` };
}
