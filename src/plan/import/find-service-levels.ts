import { allSections, plain } from './blocks.ts';
import { severityName } from './find-severities.ts';
import { pairsIn } from './pairs.ts';
import { durationIn } from './read-values.ts';
import type { Reading } from './reading.ts';
import { topicOf } from './topics.ts';

/** What customers were promised: availability, latency, error rate, how soon support answers. */
export function findServiceLevels(reading: Reading): void {
  for (const section of allSections(reading.root)) {
    if (topicOf(section) !== 'objectives') continue;
    const pairs = section.blocks.flatMap(pairsIn);
    const availability = pairs.find(
      ({ key, value }) => /availab|uptime/i.test(key) && /^\W*\d{2,3}(\.\d+)?\s?%/.test(value),
    );
    if (!availability) continue;
    const at = ['service_levels', reading.draft.count(['service_levels'])];
    reading.draft.put([...at, 'availability'], percentIn(availability.value), availability.lines);
    if (availability.whole) reading.use(availability.lines);
    for (const pair of pairs)
      if (readMore(reading, at, pair.key, plain(pair.value), pair.lines) && pair.whole) reading.use(pair.lines);
  }
}

const percentIn = (text: string): string => `${/\d+(\.\d+)?/.exec(text)?.[0]}%`;

function readMore(
  { draft }: Reading,
  at: readonly (string | number)[],
  key: string,
  text: string,
  lines: { first: number; last: number },
): boolean {
  if (/latency|response time/i.test(key)) {
    const found = [...text.matchAll(/\b(p\d{2})\b\D{0,6}(\d[\d.]*\s*m?s(?:ec\w*)?)\b/gi)];
    for (const [, share = '', time = ''] of found)
      draft.put([...at, 'latency', share.toLowerCase()], durationIn(time) ?? '', lines);
    return found.length > 0;
  }
  if (/error rate/i.test(key) && /^\D{0,3}\d{1,2}(\.\d+)?\s?%/.test(text))
    return draft.put([...at, 'errors'], percentIn(text), lines);
  if (!/support/i.test(key)) return false;
  const answers = [...text.matchAll(/(\d+ ?[a-z]+)\s*\(([^)]+)\)/gi)].flatMap(([, time = '', level = '']) => {
    const [within, severity] = [durationIn(time), severityName(level)];
    return within === undefined || severity === undefined ? [] : [{ within, severity }];
  });
  for (const { within, severity } of answers)
    if (draft.read(['severities', severity])) draft.put([...at, 'support', severity], within, lines);
  return answers.length > 0;
}
