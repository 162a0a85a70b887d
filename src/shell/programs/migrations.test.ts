import { expect, test } from 'vitest';
import { parseScript } from '../parse-script.ts';
import type { ShellCommand } from '../script.ts';
import { downgradeCall } from './migrations.ts';

const call = (text: string) => downgradeCall(parseScript(text).commands.at(-1) as ShellCommand);

test.each([
  ['alembic downgrade -1', 'alembic downgrade', undefined],
  ['alembic -c prod.ini downgrade -1', 'alembic downgrade', undefined],
  ['alembic -c prod.ini upgrade head', undefined, undefined],
  ['python3 -m alembic downgrade 1f2e3d', 'alembic downgrade', '1f2e3d'],
  ['docker compose exec api alembic downgrade base', 'alembic downgrade', 'base'],
  ['flask db downgrade', 'flask db downgrade', undefined],
  ['bundle exec rails db:rollback STEP=2', 'rails db:rollback', undefined],
  ['./bin/rails db:migrate', undefined, undefined],
  ['npx knex migrate:rollback', 'knex migrate:rollback', undefined],
  ['npx sequelize-cli db:migrate:undo --name 20260101-x.js', 'sequelize db:migrate:undo', '20260101-x.js'],
  ['flyway undo -target=7', 'flyway undo', '7'],
  ['flyway undo', 'flyway undo', undefined],
  ['liquibase rollback --tag=v7', 'liquibase rollback', 'v7'],
  ['goose postgres "$DSN" down', 'goose down', undefined],
  ['goose postgres "$DSN" down-to 7', 'goose down', '7'],
  ['goose postgres "$DSN" up', undefined, undefined],
  ['migrate -path m -database "$DSN" down 1', 'migrate down', undefined],
  ['migrate -path m -database "$DSN" up', undefined, undefined],
  ['python manage.py migrate', undefined, undefined],
  ['kubectl exec deploy/api -- python manage.py migrate orders 0005', 'manage.py migrate', '0005'],
  ['alembic downgrade "$REVISION"', 'alembic downgrade', '$REVISION'],
])('%s', (text, tool, to) => {
  expect(call(text)?.tool).toBe(tool);
  expect(call(text)?.to).toBe(to);
});
