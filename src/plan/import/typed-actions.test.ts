import { describe, expect, test } from 'vitest';
import { actionOf, approverIn } from './typed-actions.ts';

const SERVICE = 'https://api.example.com/health';
const of = (does: Parameters<typeof actionOf>[0]) => actionOf(does, (url) => (url === SERVICE ? 'api' : undefined));

describe('a command', () => {
  test.each<[string, string, object]>([
    ['sleep 600', 'time.wait', { for: '600s' }],
    ['# settle\nsleep 2m', 'time.wait', { for: '2m' }],
    [`curl -f ${SERVICE}`, 'http.wait_healthy', { component: 'api' }],
    [`curl -fsS ${SERVICE}`, 'http.wait_healthy', { component: 'api' }],
  ])('%j is exactly %s', (command, uses, input) => expect(of({ command })).toEqual({ uses, with: input }));

  test.each([
    ['asks and does not mind the answer', `curl ${SERVICE}`],
    ['asks an address nobody knows', 'curl -f https://other.example.com/health'],
    ['goes on behind the question', `curl -f ${SERVICE} | grep ok`],
    ['sends something', `curl -f -X POST ${SERVICE}`],
    ['asks and tries again', `curl -f --retry 3 ${SERVICE}`],
    ['keeps the answer', `curl -f ${SERVICE} > /tmp/answer`],
    ['waits for a time that is worked out', 'sleep $DELAY'],
    ['waits for nothing', 'sleep 0'],
    ['waits and acts', 'sleep 30\nkubectl get pods'],
    ['waits beside the others', 'sleep 30 &'],
    ['is no shell at all', 'SELECT 1;'],
  ])('that %s stays a command, byte for byte', (_why, command) =>
    expect(of({ command })).toEqual({ uses: 'shell.run', with: { command } }),
  );
});

describe('what a person is told', () => {
  test.each<[string, string, object]>([
    ['3. Wait 10 minutes.', 'time.wait', { for: '10m' }],
    ['- Wait for 1 hour', 'time.wait', { for: '1h' }],
    ['2. Get written approval to proceed', 'human.approve', { question: 'Get written approval to proceed' }],
  ])('%j is exactly %s', (instruction, uses, input) => expect(of({ instruction })).toEqual({ uses, with: input }));

  test('names who must agree', () =>
    expect(of({ instruction: '4. **Obtain approval from the Data Owner** before the restore' })).toMatchObject({
      uses: 'human.approve',
      approvedBy: 'Data Owner',
    }));

  test.each([
    'Wait until it is green',
    'Wait 10 minutes, then look',
    'Note the approval in the log',
    'Call the vendor',
  ])('%s stays a task', (instruction) =>
    expect(of({ instruction })).toEqual({ uses: 'human.task', with: { instruction } }),
  );
});

test('a pause is a pause', () => expect(of({ wait: '24h' })).toEqual({ uses: 'time.wait', with: { for: '24h' } }));

test.each([
  ['Approval from the engineering lead', 'engineering lead'],
  ['Sign-off by a Plant Manager.', 'Plant Manager'],
  ['Database credentials', undefined],
])('%s: %s', (text, role) => expect(approverIn(text)).toBe(role));
