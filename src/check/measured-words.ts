import { formatDuration } from '../lib/duration.ts';
import { type MeasuredSpan, runsText } from '../model/measured.ts';
import type { Stretch } from './critical-path.ts';
import { rangeText } from './promises.ts';

/** How long a stretch takes, and where that number comes from when it was measured. */
export const stretchTime = (stretch: Stretch): string =>
  stretch.measured ? measuredText(stretch.measured) : rangeText(stretch);

/** `measured 14m (p95 of 6 runs)`. */
export const measuredText = (measured: MeasuredSpan): string =>
  `measured ${formatDuration(measured.p95)} (p95 of ${runsText(measured)})`;
