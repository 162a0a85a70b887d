import { describe, expect, test } from 'vitest';
import { messages } from '../../checked-plan.fake.ts';
import { byHand, type FakeStep, saidOfSteps } from '../../shell-steps.fake.ts';

const said = (rule: string, steps: readonly FakeStep[], scenario = {}): string[] =>
  saidOfSteps(rule, steps, { healthy: 's1', kind: 'rollback', loses: ['api'], ...scenario });

describe('downgrade-names-its-revision', () => {
  const rule = 'downgrade-names-its-revision';
  test.each([
    'cd backend && alembic downgrade -1',
    'docker compose exec api alembic downgrade -2',
    'bundle exec rails db:rollback STEP=1',
    'npx knex migrate:rollback',
    'flyway undo',
    'ssh app "alembic downgrade -1"',
  ])('speaks: %s', (command) => expect(said(rule, [command])).toHaveLength(1));
  test.each([
    'alembic downgrade 1f2e3d',
    'alembic downgrade "$REVISION"',
    'alembic upgrade head',
    'alembic upgrade +1',
    'python manage.py migrate orders 0005',
    'flyway undo -target=7',
    'echo "alembic downgrade -1"',
    'git revert -1',
  ])('is silent: %s', (command) => expect(said(rule, [command])).toEqual([]));
});

describe('old-code-after-a-downgrade', () => {
  const rule = 'old-code-after-a-downgrade';
  const down = 'alembic downgrade 1f2e';
  const force = 'aws ecs update-service --cluster c --service api --force-new-deployment';
  test.each([
    ['ECS', down, force],
    ['a cluster', down, 'kubectl -n shop rollout restart deployment/api'],
    ['in the same text', `${down}\n${force}`],
  ])('speaks: %s', (_, ...steps) => expect(said(rule, steps)).toHaveLength(1));
  test.each([
    ['another version', [down, `${force} --task-definition api:41`]],
    [
      'another image, then a restart',
      [down, 'kubectl set image deployment/api api=api:41', 'kubectl rollout restart deployment/api'],
    ],
    ['a person brings the old code', [down, byHand('Roll back the code of the API'), force]],
    ['restarted before', [force, down]],
    ['upgraded, not taken back', ['alembic upgrade head', force]],
    ['nothing was taken back', [force]],
  ] as const)('is silent: %s', (_, steps) => expect(said(rule, steps)).toEqual([]));
});

describe('code-and-schema-go-back-together', () => {
  const rule = 'code-and-schema-go-back-together';
  const undo = 'kubectl -n shop rollout undo deployment/api --to-revision=41';
  test.each([
    ['kubectl', undo],
    ['helm', 'helm rollback shop 7'],
    ['vercel', 'vercel rollback https://x.example.com'],
  ])('speaks: %s', (_, ...steps) => expect(said(rule, steps)).toHaveLength(1));
  test('is silent when the schema is looked at', () => expect(said(rule, ['alembic current', undo])).toEqual([]));
  test('is silent when it was thought of', () =>
    expect(said(rule, [undo], { prerequisites: ['The release had no migration'] })).toEqual([]));
  test('is silent about what uses no database', () => expect(said(rule, [undo], { loses: [] })).toEqual([]));
  test('is silent about new code', () => expect(said(rule, ['helm upgrade shop ./chart'])).toEqual([]));
  test('is silent about typed actions, which name what they go back to', () =>
    expect(said(rule, [{ uses: 'k8s.roll_back', with: { component: 'api', release: '41' } }])).toEqual([]));
});

describe('copy-before-a-migration', () => {
  const rule = 'copy-before-a-migration';
  const scenario = (more: object) =>
    JSON.stringify({
      scenarios: { loss: { title: 'A migration has failed', kind: 'rollback', loses: ['database'], ...more } },
    });
  test('speaks of a plan without such a copy', () =>
    expect(messages(rule, scenario({}))).toEqual([
      'loss goes back to before a migration, and no backup of database is taken before one',
    ]));
  test.each([
    { title: 'A deployment has failed' },
    { kind: 'disaster' },
    { loses: ['api'] },
    { prerequisites: ['The snapshot that the pipeline takes before every migration'] },
  ])('is silent: %j', (more) => expect(messages(rule, scenario(more))).toEqual([]));
});
