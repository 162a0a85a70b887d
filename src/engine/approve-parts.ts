import { stepsAsEdited } from '../model/edited.ts';
import { DANGERS, type Preview } from '../model/run.ts';
import type { RunStep } from '../model/run-scenario.ts';
import { type Question, waitForApproval } from './ask-person.ts';
import type { EnginePorts } from './ports.ts';
import type { StepRun } from './run-step.ts';
import { partHash } from './scope.ts';

/** What the first step of a procedure would do, and where. */
export type Shown = Pick<Question, 'preview' | 'where'>;

/** The approvals of the procedures around a step, the outermost first. Each is asked once, for all of the procedure. */
export async function approveParts(run: StepRun, { preview, where }: Shown): Promise<'approved' | 'edited'> {
  const { step, ports, scenario, log } = run;
  for (const { id, approve: asked } of step.parts ?? []) {
    const inside = scenario.steps.filter((one) => one.parts?.some((part) => part.id === id));
    const hash = partHash(stepsAsEdited(scenario, log.state()), id);
    const whole = { hash, preview: previewOfPart(id, inside, preview, ports), where };
    const among = inside.map((one) => one.id);
    if (asked && (await waitForApproval({ ...run, asked, ...whole, among })) === 'edited') return 'edited';
  }
  return 'approved';
}

/** Who approves the use of a procedure approves all of it, so the gravest of its steps is what they are told. */
function previewOfPart(id: string, inside: readonly RunStep[], first: Preview, ports: EnginePorts): Preview {
  const danger = gravest(inside, first, ports);
  return { ...first, danger, changes: [`all of ${id}: ${inside.map((step) => step.id).join(', ')}`, ...first.changes] };
}

/** The gravest danger of some steps, those for each of several items included. */
export function gravest(steps: readonly RunStep[], first: Pick<Preview, 'danger'>, { actions }: EnginePorts) {
  const all = steps.flatMap(withBody);
  const dangers = all.flatMap(({ uses }) => actions.find(uses)?.action.danger ?? []);
  return DANGERS.findLast((one) => dangers.includes(one) || one === first.danger) ?? first.danger;
}

const withBody = (step: RunStep): readonly RunStep[] => [step, ...(step.body ?? []).flatMap(withBody)];
