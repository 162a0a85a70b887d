import { type RepositorySite, siteFields } from '../model/repository-site.ts';

export interface Start {
  readonly name: string;
  /** Today, as YYYY-MM-DD. */
  readonly day: string;
  readonly recipient: string;
  readonly keyFile: string;
  readonly site?: RepositorySite;
}

/** A plan that works for one PostgreSQL once the marked places are filled in. */
export function startingPlan({ name, day, recipient, keyFile, site }: Start): string {
  const place = Object.entries(siteFields(site ?? { kind: 'folder', folder: '/var/lib/lifeboat/repository' }))
    .map(([field, value]) => `  ${field}: ${JSON.stringify(value)} # <-`)
    .join('\n');
  return `# The disaster-recovery plan. Judge it with: lifeboat check
# Every field is explained in docs/reference/plan.md. Places to fill in are marked with <-.
lifeboat: 1

plan:
  name: ${name}
  title: Recovery of ${name} # <-
  owner: owner
  version: "1"
  review: { every: 90d, last: ${day} }

# What is lost together. Backups must not live where the data lives.
domains:
  server: { title: The machine of the database }
  vault: { title: The machine or disk that holds the backups }

environments:
  production: { protected: true }

people:
  me: { name: On-call engineer, email: oncall@example.com } # <-
roles:
  owner: { title: Keeper of this plan, people: [me] }
  incident-commander: { title: Decides in an emergency, people: [me] }

# Encrypted backups. Whoever holds the private key can restore: keep a copy of it away from this machine.
repository:
${place}
  domain: vault
  recipients: [${recipient}]
  identity: \${{ secret(${JSON.stringify(`file:${keyFile}`)}) }}

components:
  database:
    kind: postgres
    title: The database
    domain: server
    objectives: { rto: 2h, rpo: 5m } # <-
    # The connection URI stays out of this file: export DATABASE_URL=postgres://user:password@host:5432/name
    connection: \${{ secret("env:DATABASE_URL") }}
    # Where a restored server runs. Leave it out to restore into side instances only.
    server: { data_folder: /var/lib/postgresql/15/main, port: 5432 } # <-
    backups:
      - { method: postgres.base_backup, every: 24h, takes: 30m }
      - { method: postgres.wal_stream }
    verification:
      - name: the database holds tables
        sql: select count(*)::int as tables from pg_stat_user_tables
        expect: tables > 0

scenarios:
  database-destroyed:
    title: The database server is lost
    loses: [database]
    detection: ["The application reports that it cannot connect"] # <-
    detect_within: 10m
    objectives: { rto: 2h, rpo: 5m }
    healthy: open
    steps:
      - id: confirm
        title: Make sure that it is really lost
        uses: postgres.confirm_lost
        with: { component: database }
        expect: 1m
        timeout: 5m
      - id: restore
        title: Restore to the last moment that was kept
        uses: postgres.restore_server
        with: { component: database, to: latest }
        expect: 30m
        timeout: 90m
        approve: { role: incident-commander, within: 20m }
      - id: verify
        title: Read everything that was restored
        uses: postgres.verify_server
        with: { component: database }
        expect: 10m
        timeout: 60m
      - id: open
        title: Let the application in
        uses: postgres.open_server
        with: { component: database }
        expect: 1m
        timeout: 10m
        approve: { role: incident-commander, within: 20m }
      - id: rearm
        title: Take a new base backup, so that the next loss can be survived too
        uses: postgres.base_backup
        with: { component: database }
        expect: 30m
        timeout: 4h
`;
}
