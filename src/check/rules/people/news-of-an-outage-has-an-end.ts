import type { Rule } from '../../rule.ts';

/** Who is told that something is broken waits to hear that it is not. */
export const newsOfAnOutageHasAnEnd: Rule = {
  id: 'news-of-an-outage-has-an-end',
  level: 'warning',
  title: 'Where an outage is announced, its end is announced too',
  why: 'An incident that is opened on a status page stays open until somebody changes it. When nothing is ready for that, the page says "investigating" for days after everything works, and nobody believes it the next time.',
  bad: `
channels: { page: { kind: status-page } }
templates: { down: { channel: page, status: investigating, text: We are looking into a disruption. } }
`,
  good: `
channels: { page: { kind: status-page } }
templates:
  down: { channel: page, status: investigating, text: We are looking into a disruption. }
  over: { channel: page, status: resolved, text: Everything works again. }
`,
  judge: ({ channels, templates }) =>
    Object.entries(channels).flatMap(([name, { kind }]) => {
      const here = Object.entries(templates).filter(([, one]) => one.channel === name);
      const opening = here.find(([, { status }]) => status === 'investigating' || status === 'identified');
      const isClosed = here.some(
        ([, { status, text }]) => status === 'resolved' || status === 'monitoring' || OPEN_ENDED.test(text),
      );
      if (kind !== 'status-page' || !opening || isClosed) return [];
      return [
        {
          path: ['templates', opening[0]],
          message: `${opening[0]} opens an incident on ${name}, and no message is ready that closes it`,
          hint: `Add a template with channel: ${name} and status: resolved, and a step that sends it at the end.`,
        },
      ];
    }),
};

/** The one who sends it fills in the status. */
const OPEN_ENDED = /\{\{\s*\w*status\w*\s*\}\}/i;
