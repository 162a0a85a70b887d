import { expect, test } from 'vitest';
import { numberedSteps } from './numbers.ts';
import { subjectWith } from './subject.fake.ts';

const STEP = 'uses: postgres.verify_server, with: { component: database }';
const numbers = (steps: string, more = '') =>
  numberedSteps(
    subjectWith(`scenarios: { loss: { healthy: z, steps: [${steps}, { id: z, ${STEP} }] } }\n${more}`).plan,
    'loss',
  ).map(({ number, step }) => `${number} ${step.id}`);

test('steps are counted', () =>
  expect(numbers(`{ id: a, ${STEP} }, { id: b, ${STEP} }`)).toEqual(['1 a', '2 b', '3 z']));

test('ways beside each other are letters of one number', () =>
  expect(
    numbers(`{ id: a, one_of: way, ${STEP} }, { id: b, one_of: way, ${STEP} }, { id: c, one_of: other, ${STEP} }`),
  ).toEqual(['1a a', '1b b', '2a c', '3 z']));

test('the steps of a procedure are parts of the step that uses it', () =>
  expect(
    numbers(
      '{ id: a, uses: procedure, with: { procedure: tell } }',
      `procedures: { tell: { title: Tell, steps: [{ id: x, ${STEP} }, { id: y, ${STEP} }] } }`,
    ),
  ).toEqual(['1.1 a.x', '1.2 a.y', '2 z']));
