import { describe, expect, test } from 'vitest';
import { findChannels } from './find-channels.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Reading } from './reading.ts';

function read(text: string, domains: readonly string[] = []): Reading {
  const reading = openReading('DR.md', text, parseMarkdown(text).root);
  for (const name of domains) reading.draft.put(['domains', name, 'title'], name);
  findChannels(reading, text);
  return reading;
}

const valueAt = ({ draft }: Reading, ...path: readonly string[]) => {
  const node = draft.read(path);
  return node?.kind === 'value' ? node.value : undefined;
};

const channels = (reading: Reading) =>
  reading.draft
    .keys(['channels'])
    .map((name) => [name, ...['kind', 'address', 'domain'].map((field) => valueAt(reading, 'channels', name, field))]);

describe('a way to reach people', () => {
  test.each<[string, string, readonly (string | undefined)[]]>([
    ['a chat', 'Post it in Slack: #incidents.', ['incidents', 'chat', '#incidents', undefined]],
    ['a chat without its service', 'Say so in #ops-alerts', ['ops-alerts', 'chat', '#ops-alerts', undefined]],
    ['a pager', 'Page with PagerDuty', ['pagerduty', 'pager', undefined, undefined]],
    [
      'a pager with its address',
      'https://acme.opsgenie.com/x (Opsgenie)',
      ['opsgenie', 'pager', 'https://acme.opsgenie.com/x', undefined],
    ],
    ['a mailing list', 'Write to sre-team@example.com', ['sre-team-mail', 'email', 'sre-team@example.com', undefined]],
    ['a conference', 'Bridge: +44 20 7946 0101', ['bridge', 'phone', '+44 20 7946 0101', undefined]],
    [
      'a status page',
      'https://status.example.com',
      ['status-page', 'status-page', 'https://status.example.com', undefined],
    ],
    [
      'a topic',
      'arn:aws:sns:eu-west-1:111122223333:alarms',
      ['alarms-topic', 'topic', 'arn:aws:sns:eu-west-1:111122223333:alarms', undefined],
    ],
  ])('%s', (_what, text, channel) => expect(channels(read(text))).toEqual([channel]));

  test.each([
    ['a heading', '# incidents\n\nSlack'],
    ['a comment in code', 'Slack\n\n```\necho #incidents\n```'],
    ['an anchor', 'Slack: see [steps](#recovery-steps)'],
    ['a hash without any chat', 'The change #later is next'],
    ['a person', 'robin@example.com'],
    ['a place left open', 'Bridge: 555-0123 and [PagerDuty link]'],
    ['the address of an interface', 'Status page: https://api.example.com/health'],
  ])('is not %s', (_what, text) => expect(channels(read(text))).toEqual([]));

  test('is lost with the service it is of, when the document names that', () =>
    expect(channels(read('Slack: #incidents', ['slack']))).toEqual([['incidents', 'chat', '#incidents', 'slack']]));

  test('is one however often it is named, and gets its address when that comes later', () =>
    expect(channels(read('PagerDuty\n\nPagerDuty: https://acme.pagerduty.com/x\n\nPagerDuty'))).toEqual([
      ['pagerduty', 'pager', 'https://acme.pagerduty.com/x', undefined],
    ]));

  test('of the same name with another address is another one', () =>
    expect(channels(read('https://status.example.com\nhttps://status.example.org')).map(([name]) => name)).toEqual([
      'status-page',
      'status-page-2',
    ]));
});

test.each([
  ['- **Slack:** #incidents', true],
  ['- **Slack:** #incidents, at night call', false],
  ['| Slack | #incidents |', false],
])('%s is all in the draft: %s', (line, told) => expect(read(line).isUsed({ first: 1, last: 1 })).toBe(told));
