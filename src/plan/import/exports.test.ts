import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isError } from '../../model/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { loadPlan } from '../load.ts';
import { importMarkdown } from './import-markdown.ts';

/** Documents that another system has written out as Markdown. */

const importedFrom = (name: string) =>
  importMarkdown({ file: 'DR.md', bytes: readFileSync(new URL(`fixtures/${name}`, import.meta.url)) });

function planOf(name: string): Plan {
  const loaded = loadPlan({ file: 'draft.yaml', text: importedFrom(name).yaml, env: () => undefined, mode: 'check' });
  expect(loaded.findings.filter(isError)).toEqual([]);
  if (!loaded.ok) throw new Error('the draft does not load');
  return loaded.plan;
}

const stepsOf = ({ scenarios }: Plan) =>
  Object.values(scenarios).map(({ title, steps }) => [
    title,
    steps.map(({ uses }) => uses.replace(/^.*\./, '')).join(),
  ]);
const promises = ({ components }: Plan) =>
  Object.entries(components).map(([name, { kind, objectives }]) => [name, kind, objectives?.rto, objectives?.rpo]);
const peopleOf = ({ roles }: Plan) => Object.entries(roles).map(([name, { people }]) => [name, people.join()]);

describe('a page of a wiki: bold numbers for headings, macros, cells that were merged', () => {
  const plan = planOf('wiki-export.md');

  test('scenarios with their steps, also those in macros for code', () => {
    expect(stepsOf(plan)).toEqual([
      ['Tracking database is lost', 'run,run,run'],
      ['Label store was deleted by accident', 'task,task,task'],
      ['Region eu-west-1 is unavailable', 'task,task,task,task'],
    ]);
    expect(plan.scenarios['tracking-database-is-lost']?.steps[0]?.with.command).toBe(
      'aws rds describe-db-snapshots --db-instance-identifier parcel-main',
    );
    expect(plan.scenarios['region-eu-west-1-is-unavailable']?.steps[2]?.with.instruction).toBe(
      'Action: Check that it accepts writes',
    );
  });

  test('components by what they are made of', () =>
    expect(promises(plan)).toEqual([
      ['tracking-database', 'database', '2h', '15m'],
      ['label-store', 'bucket', '8h', '1h'],
      ['tracking-api', 'container-service', '30m', '0'],
    ]));

  test('a row without a role is one with the row above, and asked about', () => {
    expect(peopleOf(plan)).toContainEqual(['incident-lead', 'robin-fielding,sam-okafor']);
    expect(importedFrom('wiki-export.md').questions).toContainEqual({
      text: 'Is this row about "Incident lead", too? It names nobody\'s role, and was read as one with the row above.',
      from: { first: 42, last: 42 },
    });
  });
});

describe('a page of an office program: escaped signs, slanted labels, tables for everything', () => {
  const plan = planOf('docs-export.md');

  test('scenarios with their steps; the title of the document is none', () => {
    expect(stepsOf(plan)).toEqual([
      ['The booking database is corrupted', 'run,run,task,task'],
      ['Patient letters were deleted', 'approve,run,task'],
      ['Loss of europe-west3', 'task,task,task'],
    ]);
    expect(plan.scenarios['loss-of-europe-west3']).toMatchObject({
      prerequisites: ['Access to the backup project', 'The key of the letters'],
      loses_domains: ['gcp/europe-west3'],
    });
    expect(plan.scenarios['patient-letters-were-deleted']?.steps[0]?.approve).toMatchObject({ role: 'head-of-it' });
  });

  test('facts whose first stands in the heading of a table', () => {
    expect(plan.plan).toMatchObject({ owner: 'head-of-it', version: '2.1', updated: '2025-05-14' });
    expect(plan.scenarios['the-booking-database-is-corrupted']).toMatchObject({
      objectives: { rto: '4h' },
      likelihood: 'medium',
      detection: ['Alerts on failed bookings'],
    });
  });

  test('people, firms, rehearsals, standards', () => {
    expect(peopleOf(plan)).toContainEqual(['head-of-it', 'jo-winter']);
    expect(plan.vendors['google-support']?.contact).toBe('https://support.example.com');
    expect(Object.values(plan.drills).map(({ kind, every, next }) => [kind, every, next])).toEqual([
      ['restore', 'quarterly', '2025-06-02'],
      ['tabletop', 'yearly', undefined],
    ]);
    expect(Object.keys(plan.controls)).toEqual(['gdpr-art-32', 'iso-27001-2022']);
  });
});

describe('a runbook of a forge: alerts in one word, folded parts, prompts', () => {
  const plan = planOf('forge-oncall.md');

  test('each alert is a scenario, with its objectives and what is folded away', () => {
    expect(stepsOf(plan)).toEqual([
      ['FeedWriterDown', 'task,run,task,run'],
      ['FeedDatabaseLost', 'run,run,run'],
      ['FeedQueueLagHigh', 'run,run,task'],
    ]);
    expect(Object.values(plan.scenarios).map(({ objectives }) => [objectives.rto, objectives.rpo])).toEqual([
      ['15m', undefined],
      ['1h', '5m'],
      [undefined, undefined],
    ]);
    expect(Object.values(plan.scenarios)[0]?.steps.at(-1)).toMatchObject({
      title: 'If the restart does not help',
      with: { command: 'kubectl -n feed rollout undo deployment/feed-writer' },
    });
  });

  test('only people are people', () =>
    expect(peopleOf(plan).map(([name]) => name)).toEqual(['feed-team', 'primary-on-call', 'feed-lead']));
});
