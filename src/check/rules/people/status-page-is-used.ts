import type { Rule } from '../../rule.ts';

/** A page that nobody is told to write to stays green. */
export const statusPageIsUsed: Rule = {
  id: 'status-page-is-used',
  level: 'warning',
  title: 'A status page has a message that is sent to it and a cadence',
  why: 'Customers look at the page first. When no severity says how often news is given there, and no message is ready for it, the page says that all is well while everything is down.',
  bad: `
channels: { page: { kind: status-page } }
severities: { sev1: { title: Down } }
`,
  good: `
channels: { page: { kind: status-page } }
severities: { sev1: { title: Down, updates: { page: 30m } } }
templates: { down: { channel: page, text: We are down. } }
`,
  judge: ({ channels, severities, templates }) => {
    const all = Object.entries(severities);
    if (all.length === 0) return [];
    return Object.entries(channels).flatMap(([name, { kind }]) => {
      if (kind !== 'status-page') return [];
      const missing = [
        ...(all.some(([, { updates }]) => Object.hasOwn(updates, name))
          ? []
          : ['no severity says how often news is given there']),
        ...(Object.values(templates).some(({ channel }) => channel === name) ? [] : ['no message is ready for it']),
      ];
      if (missing.length === 0) return [];
      const hint = `Add ${name} to the updates of the severities that customers notice, and a template with channel: ${name}.`;
      return [{ path: ['channels', name], message: `customers look at ${name}, and ${missing.join(', and ')}`, hint }];
    });
  },
};
