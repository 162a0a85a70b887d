import { plain } from './blocks.ts';

/** What the lines below a heading or label are: steps, or something that is said of them. */
export type Mode = 'steps' | 'detection' | 'prerequisites' | 'prevention' | 'aside';

const MODES: readonly (readonly [Mode, RegExp])[] = [
  [
    'detection',
    /^(detection|detecting|symptoms?|triggers?|indicators?|signs|signals|when (to use|does|is this|this applies)|use (when|this when|cases?)|how (to|we|do we|you|do you) (detect|notice|learn|know|recogni[sz]e|tell)|alerts?|trigger conditions?|activation (criteria|conditions?)|what (you|we)( will|'ll| might)? (see|notice)|you (will )?see|when)\b.{0,40}$/i,
  ],
  [
    'prerequisites',
    /^(pre-?requisites?|pre-?conditions?|before you (begin|start)|requirements|what you need|you (will )?need|(required|needed) (access|tools|permissions|information)|access (needed|required)|requires)\b.{0,20}$/i,
  ],
  ['prevention', /^(prevention|preventing|preventive (measures|actions)|future|hardening|avoid(ing)? (it|this)|long[- ]term (fix|prevention)|follow[- ]ups?)\b.{0,50}$/i],
  [
    'aside',
    /^(purpose|scope|audience|responsibilit\w*|notes?|important|background|overview|impact|(possible|common|likely|probable|potential|known|root)? ?causes?|root cause|lessons|references?|related|description|objectives?|rto\b|rpo\b|summary|current (state|setup|posture)|context|warning|caution|danger|tip|estimated|data loss|likelihood|dashboards?|metrics|links?|see also|goal|limitations|caveats|faq|further reading|history|architecture|automatic(ally)? (recovery|failover)|(expected|example|sample) output|output|rationale|example|why|owner|severity|priority|done when|(success|exit|acceptance) criteria|tl;?dr)\b.{0,40}$/i,
  ],
]; // biome-ignore format: one mode, one entry

export const modeOf = (title: string): Mode =>
  MODES.find(([, pattern]) => pattern.test(title.replace(/\W+$/, '')))?.[0] ?? 'steps';

/** `**Step 2: Restore (10 min)**`, `Detection:`: a line that stands for a heading. */
export function labelOf(text: string): string | undefined {
  const [, bold] = /^(?:\W*\s)?(?:\*\*|__)([^*_\n]+)(?:\*\*|__)(?:\s*\([^)\n]*\))?\s*:?$/.exec(text) ?? [];
  if (bold !== undefined && !/[.!]$/.test(bold.trim())) return isWarning(text) ? undefined : text;
  const [, slanted] = /^([*_][^*_\n]{2,60}(?::[*_]|[*_]:))$/.exec(text) ?? [];
  if (slanted !== undefined) return slanted;
  const [, words] = /^([A-Z][\w /-]{2,40}):$/.exec(text) ?? [];
  return words !== undefined && modeOf(words) !== 'steps' ? words : undefined;
}

/** `⚠️ Careful: …` names no step: it is said of the next one. */
export const isWarning = (text: string): boolean =>
  /^\W*(careful|caution|warning|danger|attention|important|note|nb|tip|beware|never|do not|don't|!?(note|tip|important|warning|caution)\])(?![\w-])/i.test(
    plain(text),
  );

/** `RTO: …`, `Impact: …`: facts of a scenario, no steps. */
export const FACT =
  /^(rto|rpo|recovery (time|point) objective|likelihood|probability|impact|severity|priority|estimated|duration|total|expected|time to|time|data loss|recovery time|downtime|owner|status|target)\b/i;

/** What shows that a step succeeded. */
export const SUCCESS =
  /^(success( criteria| when)?|expected (results?|outputs?|outcomes?)|done when|pass criteria|exit criteria|result)$/i;
