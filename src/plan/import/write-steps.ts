import type { PlanPath } from '../../model/finding.ts';
import type { FoundStep } from './found-step.ts';
import { type Lines, spanOf } from './lines.ts';
import { nameFor, type Reading } from './reading.ts';
import { roleOf } from './roles.ts';
import { actionOf } from './typed-actions.ts';

/** Where an expression of the plan language begins. */
const OPEN = '${{';

/** Writes the steps of one procedure behind those it has, with the choices between them. */
export function writeSteps(
  reading: Reading,
  at: PlanPath,
  title: string,
  found: readonly FoundStep[],
  from: Lines,
): void {
  const { draft } = reading;
  const steps = found.flatMap(withHold);
  const before = draft.count([...at, 'steps']);
  const taken = Array.from({ length: before }, (_, index) => idOf(reading, [...at, 'steps', index]));
  const choices = choicesOf(steps, draft.keys([...at, 'inputs']).length);
  for (const [index, step] of steps.entries()) {
    const id = nameFor(step.title, taken);
    taken.push(id);
    const place = [...at, 'steps', before + index];
    writeStep(reading, place, id, step);
    const choice = step.option && choices.get(step.option.of);
    if (choice && step.option) {
      const ahead = taken[before + choice.first - 1];
      writeOption(reading, at, place, {
        step,
        choice,
        option: step.option.label,
        before: index > choice.first ? ahead : undefined,
      });
    }
    for (const lines of step.covers) reading.use(lines);
  }
  askAboutSteps(reading, title, found, from);
}

function idOf({ draft }: Reading, at: PlanPath): string {
  const node = draft.read([...at, 'id']);
  return node?.kind === 'value' ? String(node.value) : '';
}

/** A step that is held back is one that waits and one that acts. */
function withHold(step: FoundStep): readonly FoundStep[] {
  if (!step.hold) return [step];
  const { for: span, lines } = step.hold;
  const [least = span] = span.split('..');
  const wait: FoundStep = {
    title: `Wait before: ${step.title}`,
    lines,
    does: { wait: least },
    covers: [],
    expect: span,
    ...(step.option ? { option: step.option } : {}),
  };
  return [wait, step];
}

function writeStep(reading: Reading, at: PlanPath, id: string, step: FoundStep): void {
  const { draft } = reading;
  const { does } = step;
  const action = actionOf(does, (url) => reading.serviceAt(url));
  draft.put([...at, 'id'], id);
  draft.put([...at, 'title'], step.title, step.titleLines ?? step.lines);
  draft.put([...at, 'uses'], action.uses);
  for (const [name, value] of Object.entries(action.with)) draft.put([...at, 'with', name], value, step.lines);
  if (action.approvedBy !== undefined) writeApproval(reading, at, action.approvedBy, step.lines);
  if (step.expect !== undefined)
    draft.put([...at, 'expect'], step.expect, step.titleLines ? spanOf(step.titleLines, step.lines) : step.lines);
  if (step.note) draft.put([...at, 'note'], step.note.text, step.note.lines);
  const written =
    'command' in does ? (does.written ?? (action.uses === 'shell.run' ? undefined : does.command)) : undefined;
  if (written !== undefined) draft.append([...at, 'note'], `As written: ${written}`, step.lines);
  if (step.doneWhen) writeDoneWhen(reading, at, action.uses, step.doneWhen);
}

/** Who must say yes before a step. A role without people cannot, so then it is asked instead. */
export function writeApproval(reading: Reading, at: PlanPath, title: string, lines: Lines): void {
  const role = roleOf(reading, title, lines);
  if (reading.draft.count(['roles', role, 'people']) > 0) reading.draft.put([...at, 'approve', 'role'], role, lines);
  else
    reading.ask(
      `Who gives the approval of "${title}"? Once the role has people, add to the step: approve: { role: ${role} }`,
      lines,
    );
}

/** What a person can look for is asked of a person; of a command it is remembered until somebody writes `success`. */
function writeDoneWhen(
  { draft }: Reading,
  at: PlanPath,
  uses: string,
  { text, lines }: { text: string; lines: Lines },
): void {
  if (uses === 'human.task') draft.put([...at, 'with', 'done_when'], text, lines);
  else draft.append([...at, 'note'], `Succeeded when: ${text}`, lines);
}

interface Choice {
  readonly name: string;
  readonly first: number;
  readonly labels: readonly string[];
  readonly single: boolean;
}

/** The choices between ways. Ways of one step each form a group; longer ones are told apart by an input. */
function choicesOf(steps: readonly FoundStep[], known: number): ReadonlyMap<number, Choice> {
  const choices = new Map<number, Choice>();
  for (const of of new Set(steps.flatMap(({ option }) => (option ? [option.of] : [])))) {
    const own = steps.filter(({ option }) => option?.of === of);
    const labels = [...new Set(own.map(({ option }) => option?.label ?? ''))];
    if (labels.length < 2) continue;
    const first = steps.findIndex(({ option }) => option?.of === of);
    const number = known + choices.size + 1;
    choices.set(of, {
      name: number === 1 ? 'way' : `way-${number}`,
      first,
      labels,
      single: own.length === labels.length,
    });
  }
  return choices;
}

interface Chosen {
  readonly step: FoundStep;
  readonly choice: Choice;
  readonly option: string;
  readonly before: string | undefined;
}

function writeOption({ draft }: Reading, at: PlanPath, key: PlanPath, { step, choice, option, before }: Chosen): void {
  if (choice.single) {
    draft.put([...key, 'one_of'], choice.name, step.lines);
    if (before !== undefined) draft.put([...key, 'needs', 0], before);
    return;
  }
  const input = choice.name.replace('-', '_');
  const letter = (label: string): string => letterOf(choice.labels.indexOf(label));
  draft.put(
    [...at, 'inputs', input, 'describe'],
    `Which way: ${choice.labels.map((label) => `${letter(label)} = ${label}`).join('; ')}`,
    step.lines,
  );
  draft.put([...at, 'inputs', input, 'default'], 'a');
  draft.put([...key, 'when'], `${OPEN} inputs.${input} == "${letter(option)}" }}`, step.lines);
}

/** a … z, then a1, b1, …: more ways than letters are still told apart. */
const letterOf = (index: number): string => {
  const round = Math.floor(index / 26);
  return `${String.fromCharCode(97 + (index % 26))}${round === 0 ? '' : round}`;
};

function askAboutSteps({ ask }: Reading, title: string, steps: readonly FoundStep[], from: Lines): void {
  if (steps.length === 0) return;
  const untimed = steps.filter(({ expect }) => expect === undefined).length;
  const questions = [
    ...(untimed > 0 ? [`how long do its steps take (${untimed} of ${steps.length} have no time)`] : []),
    ...(steps.some(({ doneWhen }) => !doneWhen)
      ? ['how does one tell that each step has succeeded (`success`, or a step that verifies)']
      : []),
  ];
  if (questions.length > 0) ask(`"${title}": ${questions.join(', and ')}?`, from);
  if (steps.some(({ does }) => 'command' in does && does.command.startsWith('psql -v ON_ERROR_STOP=1 <<')))
    ask(
      `"${title}": in which database does its SQL run? It takes the one the environment names (PGHOST, PGDATABASE).`,
      from,
    );
}
