import type { Finding } from '../model/finding.ts';
import { type LoadedPlan, type LoadRequest, loadPlan } from './load.ts';

/** The public half of a key that nobody has kept. */
export const RECIPIENT = 'age1v34czl8cw84fw29ktnytdqjpdnaguv6zpxdxp99y6yfx65u4yu0saj7hyw';

/** A plan without findings, which the tests spoil in one place each. */
export const PLAN = `lifeboat: 1
plan:
  name: shop
  title: The shop
  owner: keeper
  version: "1"
environments:
  production: {}
  drill:
    protected: false
    components:
      database:
        server:
          port: 5499
people:
  ann: { name: Ann Example }
roles:
  keeper: { people: [ann] }
repository:
  folder: \${{ env("REPOSITORY", "/srv/backups") }}
  recipients: [${RECIPIENT}]
  identity: \${{ secret("env:IDENTITY") }}
components:
  database:
    kind: postgres
    connection: \${{ secret("env:DATABASE_URL") }}
    server:
      data_folder: /srv/data
      port: \${{ int(env("PORT", "5432")) }}
    backups:
      - { method: postgres.base_backup, every: 24h }
      - { method: postgres.wal_stream }
  api:
    kind: service
    needs: [database]
    health: { url: "http://127.0.0.1:8080/health" }
scenarios:
  deletion:
    title: Rows were deleted
    loses: [database]
    objectives: { rto: 30m, rpo: "0" }
    inputs:
      actor: { describe: Who did it }
    impact: \${{ steps.find.outputs.committed_at }}
    healthy: verify
    steps:
      - id: find
        uses: postgres.find_deletion
        with: { component: database }
      - id: load
        uses: postgres.load_rows
        with: { component: database, rows: "\${{ steps.find.outputs.rows }}" }
        approve: { role: keeper }
      - id: verify
        uses: postgres.verify_rows
        success: \${{ outputs.missing == 0 }}
`;

export const request = (text: string | Uint8Array, more: Partial<LoadRequest> = {}): LoadRequest => ({
  file: 'plan.yaml',
  text,
  env: () => undefined,
  mode: 'check',
  ...more,
});

export function loaded(text = PLAN, more: Partial<LoadRequest> = {}): LoadedPlan {
  const result = loadPlan(request(text, more));
  if (!result.ok) throw new Error(JSON.stringify(result.findings, null, 1));
  return result;
}

/** The sample with one part replaced, which must be there. */
export const edit = (from: string, to: string): string => {
  if (!PLAN.includes(from)) throw new Error(`the sample plan holds no ${from}`);
  return PLAN.replace(from, () => to);
};

/** `rule line:column message` of every finding. */
export const said = (text: string | Uint8Array, more: Partial<LoadRequest> = {}): string[] =>
  loadPlan(request(text, more)).findings.map(
    ({ rule, at, message }: Finding) => `${rule} ${at.line}:${at.column} ${message}`,
  );

export const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
