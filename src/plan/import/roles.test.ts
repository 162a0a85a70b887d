import { describe, expect, test } from 'vitest';
import { parseMarkdown } from './parse-markdown.ts';
import { openReading, type Reading } from './reading.ts';
import { isOnCall, isVendor, keepPerson, keepVendor, PERSON, roleOf } from './roles.ts';

const AT = { first: 3, last: 3 };
const empty = (): Reading => openReading('DR.md', '', parseMarkdown('').root);
const REACH = { email: undefined, phone: undefined, contact: undefined };

describe('a role', () => {
  test('is one, whatever stands around its title', () => {
    const reading = empty();
    const names = ['Incident Lead', 'the incident lead', '**Incident lead** (if on site)'].map((title) =>
      roleOf(reading, title, AT),
    );
    expect(names).toEqual(['incident-lead', 'incident-lead', 'incident-lead']);
    expect(reading.draft.read(['roles', 'incident-lead', 'title'])).toMatchObject({ value: 'Incident Lead', from: AT });
  });

  test.each<[string, boolean]>([
    ['AWS Support', true],
    ['Database consultants', true],
    ['Cyber insurance', true],
    ['Customer Support', false],
    ['Support Engineer', false],
    ['Level 2 support', false],
    ['Operations', false],
  ])('%s is a firm: %s', (title, firm) => expect(isVendor(title)).toBe(firm));

  test.each<[string, boolean]>([
    ['On-call', true],
    ['see PagerDuty schedule', true],
    ['weekly rota', true],
    ['Robin Fielding', false],
    ['call on Monday', false],
  ])('%s is whoever has the duty: %s', (text, duty) => expect(isOnCall(text)).toBe(duty));

  test.each<[string, boolean]>([
    ['Robin Fielding', true],
    ["Ana-Maria O'Neil", true],
    ['Robin', false],
    ['the lead', false],
  ])('%s is a name: %s', (text, name) => expect(PERSON.test(text)).toBe(name));
});

describe('a person', () => {
  test('has the address and the number that stand in one cell', () => {
    const reading = empty();
    const contact = 'robin@example.com, +44 20 7946 0101';
    expect(keepPerson(reading, 'lead', 'Robin Fielding', { ...REACH, contact }, AT)).toBe(false);
    expect(reading.draft.read(['people', 'robin-fielding', 'email'])).toMatchObject({ value: 'robin@example.com' });
    expect(reading.draft.read(['people', 'robin-fielding', 'phone'])).toMatchObject({ value: '+44 20 7946 0101' });
    expect(reading.draft.read(['roles', 'lead', 'people', 0])).toMatchObject({ value: 'robin-fielding' });
  });

  test('is all told when nothing else is said', () =>
    expect(keepPerson(empty(), 'lead', 'Robin Fielding', { ...REACH, contact: 'robin@example.com' }, AT)).toBe(true));

  test('does not get a number that was never filled in', () => {
    const reading = empty();
    expect(keepPerson(reading, 'lead', 'Robin Fielding', { ...REACH, phone: '555-0123' }, AT)).toBe(false);
    expect(reading.draft.read(['people', 'robin-fielding', 'phone'])).toBeUndefined();
  });
});

describe('a firm', () => {
  const said = (text: string) => ({ text, lines: AT });

  test('has its contact and its contract', () => {
    const reading = empty();
    expect(keepVendor(reading, 'AWS Support', AT, said('https://support.example.com'), said('Business'))).toBe(true);
    expect(reading.draft.read(['vendors', 'aws-support', 'contract'])).toMatchObject({ value: 'Business' });
  });

  test('with a place left open is asked about, and the place is not kept', () => {
    const reading = empty();
    expect(keepVendor(reading, 'AWS Support', AT, said('[phone number]'))).toBe(false);
    expect(reading.draft.read(['vendors', 'aws-support', 'contact'])).toBeUndefined();
    expect(reading.questions).toEqual([
      { text: 'How is "AWS Support" reached? The document has only: [phone number]', from: AT },
    ]);
  });

  test('that is said twice in two ways is not all told', () => {
    const reading = empty();
    keepVendor(reading, 'AWS Support', AT, said('a@example.com'));
    expect(keepVendor(reading, 'AWS Support', AT, said('b@example.com'))).toBe(false);
  });
});
