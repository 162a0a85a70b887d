import { describe, expect, test } from 'vitest';
import { findPeople } from './find-people.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Reading } from './reading.ts';

function read(...lines: readonly string[]): Reading {
  const text = ['## Contacts', '', ...lines].join('\n');
  const reading = openReading('DR.md', text, parseMarkdown(text).root);
  findPeople(reading);
  return reading;
}

const valueAt = ({ draft }: Reading, ...path: readonly (string | number)[]) => {
  const node = draft.read(path);
  return node?.kind === 'value' ? node.value : undefined;
};
const peopleOf = (reading: Reading) =>
  reading.draft
    .keys(['people'])
    .map((name) => ['name', 'email', 'phone'].map((field) => valueAt(reading, 'people', name, field)));
const rolesOf = (reading: Reading) =>
  reading.draft
    .keys(['roles'])
    .map((name) => [name, valueAt(reading, 'roles', name, 'people', 0) ?? valueAt(reading, 'roles', name, 'on_call')]);
const asked = ({ questions }: Reading) => questions.map(({ text }) => text);
const kept = (reading: Reading) => reading.leftovers().map(({ text }) => text);

describe('a list of contacts', () => {
  test.each<[string, string, readonly unknown[], readonly unknown[]]>([
    [
      'a name with an address',
      '- Lead: Robin Fielding (robin@example.com)',
      [['Robin Fielding', 'robin@example.com', undefined]],
      [['lead', 'robin-fielding']],
    ],
    ['a name', '- **Lead**: Robin Fielding', [['Robin Fielding', undefined, undefined]], [['lead', 'robin-fielding']]],
    [
      'a mailbox of a role',
      '- Operations: ops@example.com',
      [['Operations', 'ops@example.com', undefined]],
      [['operations', 'operations']],
    ],
    ['whoever has the duty', '- Responder: on-call', [], [['responder', true]]],
  ])('names %s', (_what, line, people, roles) => {
    const reading = read(line);
    expect([peopleOf(reading), rolesOf(reading)]).toEqual([people, roles]);
    expect(kept(reading).join()).not.toContain(line);
  });

  test('keeps what else it says', () => {
    const reading = read('- Lead: Robin Fielding, not on Sundays');
    expect(rolesOf(reading)).toEqual([['lead', 'robin-fielding']]);
    expect(kept(reading).join()).toContain('not on Sundays');
  });

  test('asks where a name was never filled in', () => {
    const reading = read('- Lead: [Name]');
    expect(peopleOf(reading)).toEqual([]);
    expect(asked(reading)).toEqual(['Who is "Lead"? The document has only: [Name]']);
  });

  test.each(['- Dashboard: https://grafana.example.com', '- Hours: 9 to 5', '- Runbook: Robin Fielding'])(
    '%s is no role',
    (line) => expect(rolesOf(read(line))).toEqual([]),
  );

  test('names firms, also with a heading of their own', () => {
    const reading = read(
      '- AWS Support: https://support.example.com (Business)',
      '',
      '### Database consultants',
      '',
      '- Phone: +44 20 7946 0101',
      '- Contract: C-12',
    );
    const firm = (name: string) => ['contact', 'contract'].map((field) => valueAt(reading, 'vendors', name, field));
    expect(firm('aws-support')).toEqual(['https://support.example.com', 'Business']);
    expect(firm('database-consultants')).toEqual(['+44 20 7946 0101', 'C-12']);
  });
});

describe('a table of contacts', () => {
  test('with a deputy has both', () => {
    const reading = read('| Role | Primary | Secondary |', '|---|---|---|', '| Lead | Robin Fielding | Kim Larsen |');
    expect(reading.draft.count(['roles', 'lead', 'people'])).toBe(2);
  });

  test('without names has the mailbox of the role', () =>
    expect(peopleOf(read('| Team | E-mail |', '|---|---|', '| Operations | ops@example.com |'))).toEqual([
      ['Operations', 'ops@example.com', undefined],
    ]));

  test('of firms has their contracts', () => {
    const reading = read(
      '| Vendor | Contact | Contract |',
      '|---|---|---|',
      '| Example Hosting | help@example.com | C-7 |',
    );
    expect(valueAt(reading, 'vendors', 'example-hosting', 'contract')).toBe('C-7');
    expect(peopleOf(reading)).toEqual([]);
  });

  test('with places left open is asked about once a row', () => {
    const reading = read('| Role | Name | Phone |', '|---|---|---|', '| Lead | [Name] | 555-0123 |');
    expect(asked(reading)).toEqual([
      'Who is "Lead", and how is he or she reached? The document has only: [Name], 555-0123',
    ]);
    expect(kept(reading).join()).toContain('| Lead | [Name] | 555-0123 |');
  });

  test('with a row without a role has one more person of the role above; without a person the row is only kept', () => {
    const reading = read(
      '| Role | Name | Phone |',
      '|---|---|---|',
      '| Lead | Robin Fielding | |',
      '| | Kim Larsen | |',
      '| | only at night | |',
    );
    expect(reading.draft.count(['roles', 'lead', 'people'])).toBe(2);
    expect(asked(reading)).toHaveLength(1);
    expect(kept(reading).join()).toContain('only at night');
  });

  test('of something else is none', () =>
    expect(rolesOf(read('| Service | Port |', '|---|---|', '| Web | 80 |'))).toEqual([]));

  test.each(['Slack', 'PagerDuty', 'Emergency hotline'])('%s in it is no person', (title) =>
    expect(rolesOf(read('| Role | Phone |', '|---|---|', `| ${title} | +44 20 7946 0101 |`))).toEqual([]),
  );
});
