import type { Rule } from '../../rule.ts';

/** The chat is down on the day on which it is needed most. */
export const channelsHaveAFallback: Rule = {
  id: 'channels-have-a-fallback',
  level: 'warning',
  title: 'Whoever is called or told over a service can also be reached without it',
  why: 'Chat, paging and notification services fail too, and often together with the cloud they run in. A team whose only meeting place is down spends the first half hour on finding each other.',
  bad: `
channels: { room: { kind: chat } }
severities: { sev1: { title: Down, updates: { room: 30m } } }
`,
  good: `
channels: { room: { kind: chat, fallback: bridge }, bridge: { kind: phone } }
severities: { sev1: { title: Down, updates: { room: 30m } } }
`,
  judge: ({ channels, severities }) => {
    if (Object.keys(severities).length === 0) return [];
    return Object.entries(channels)
      .filter(([, { kind, fallback }]) => SERVICES.has(kind) && fallback === undefined)
      .map(([name, { kind }]) => ({
        path: ['channels', name],
        message: `the channel ${name} (${kind}) has no fallback for the day on which it is down as well`,
        hint: 'Add fallback: a channel that does not depend on the same service, e.g. a telephone bridge.',
      }));
  },
};

/** What lies between people and can fail by itself. A telephone list cannot; a status page is for the public. */
const SERVICES = new Set(['chat', 'pager', 'topic']);
