import { formatDuration, parseDuration } from '../../../lib/duration.ts';
import type { Complaint, Rule } from '../../rule.ts';

/** A promise of milliseconds and an alarm in seconds: in between the promise is broken, and nobody is called. */
export const slowAnswersAreNoticedInTime: Rule = {
  id: 'slow-answers-are-noticed-in-time',
  level: 'warning',
  title: 'What counts as too slow is near to what is promised',
  why: 'When answers are promised within 200 ms and an incident begins at 5 s, a service can break its promise for weeks without an incident. Alert on how fast the promise is used up (Google SRE workbook, "Alerting on SLOs").',
  bad: `
service_levels: [{ availability: 99.9%, latency: { p99: 200ms }, components: [database] }]
severities: { sev1: { title: Slow, respond_within: 5m, team: [keeper], examples: [Answers take longer than 5 s] } }
`,
  good: `
service_levels: [{ availability: 99.9%, latency: { p99: 200ms }, components: [database] }]
severities: { sev1: { title: Slow, respond_within: 5m, team: [keeper], examples: [Answers take longer than 500 ms] } }
`,
  judge: ({ service_levels, severities }) => {
    const promises = service_levels.flatMap(({ latency }, index) =>
      Object.entries(latency).map(([share, text]) => ({ share, text, limit: parseDuration(text) ?? 0, index })),
    );
    const strictest = promises.filter(({ limit }) => limit > 0).sort((a, b) => a.limit - b.limit)[0];
    if (!strictest) return [];
    return Object.entries(severities).flatMap(([name, { examples }]) =>
      examples.flatMap((example, index): readonly Complaint[] => {
        const text = typeof example === 'string' ? example : example.text;
        const noticed = slownessIn(text);
        if (noticed === undefined || noticed < FAR * strictest.limit) return [];
        return [
          {
            path: ['severities', name, 'examples', index],
            message: `"${text}" makes an incident of what takes ${formatDuration(noticed)}, and ${strictest.share} is promised within ${strictest.text}: ${Math.floor(noticed / strictest.limit)} times as much`,
            hint: 'Let the incident begin when the promise is being used up, not long after it is broken.',
            related: [
              { path: ['service_levels', strictest.index, 'latency', strictest.share], message: strictest.text },
            ],
          },
        ];
      }),
    );
  },
};

/** Short of this the alarm may well be set so that it does not ring for every slow answer. */
const FAR = 5;

/** The duration in a sentence about how slow answers are. */
function slownessIn(text: string): number | undefined {
  if (!/\b(latency|respon\w*|answers?|slow\w*|p9\d)\b/i.test(text)) return undefined;
  const [, amount, unit = ''] = /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|sec|seconds?)\b/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (unit.toLowerCase().startsWith('m') ? 1 : 1000);
}
