import type { RunState } from './run-state.ts';

/** Damage that nobody knows the moment of was done at the latest when it was noticed. */
export function withDetection(state: RunState, detectedAt: string, detectedSource: string): RunState {
  const isEarlier = isImpactAssumed(state) && Date.parse(detectedAt) < Date.parse(state.impactAt);
  const impact = isEarlier ? { impactAt: detectedAt, impactSource: 'assumed: when it was detected' } : {};
  return { ...state, detectedAt, detectedSource, ...impact };
}

/** Nobody said when the damage was done, and no step has found it yet. */
export const isImpactAssumed = ({ impactSource }: Pick<RunState, 'impactSource'>): boolean =>
  impactSource.startsWith('assumed');
