import type { Answer, RunDesk } from '../actions/run-desk.ts';
import { countedApprovals, missingApprovals, notFor } from '../model/approvals.ts';
import type { RunState, StepState } from '../model/run-state.ts';
import type { StepRun } from './run-step.ts';

/** What is kept at one step, as the system that its action acts on. */
export function deskOf({ step, log }: Pick<StepRun, 'step' | 'log'>, hash: string): RunDesk {
  const known = (state: RunState = log.state()): StepState | undefined => state.steps.get(step.id);
  const heldUntil = (): Date | undefined => {
    const until = known()?.heldUntil;
    return until === undefined ? undefined : new Date(until);
  };
  return {
    heldUntil: async () => heldUntil(),
    async hold(until) {
      const before = heldUntil();
      if (before) return before;
      await log.append([{ type: 'step.holds', step: step.id, until: until.toISOString() }]);
      return until;
    },
    answer: async () => known()?.answer,
    async ask({ instruction, doneWhen, role }, signal) {
      const before = known()?.answer;
      if (before) return before;
      const more = { ...(doneWhen === undefined ? {} : { doneWhen }), ...(role === undefined ? {} : { role }) };
      const waitsFor = { kind: 'task', instruction, ...more } as const;
      await log.append([{ type: 'step.waiting', step: step.id, waitsFor }]);
      await log.until((state) => known(state)?.answer !== undefined, signal);
      return known()?.answer as Answer;
    },
    async approvedBy() {
      const state = log.state();
      const here = known();
      if (!step.approve || !here) return [];
      const asked = { ...step.approve, hash, ...notFor(state) };
      const isEnough = missingApprovals(asked, [here], state.origin) === 0;
      return isEnough ? countedApprovals(asked, [here], state.origin) : [];
    },
  };
}
