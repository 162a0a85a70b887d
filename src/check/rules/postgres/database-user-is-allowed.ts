import type { Component } from '../../../model/plan.ts';
import type { Rule } from '../../rule.ts';

/** A name that the service keeps for itself is nobody's login. */
export const databaseUserIsAllowed: Rule = {
  id: 'database-user-is-allowed',
  level: 'warning',
  title: 'The user of a database on RDS is one that there can be',
  why: 'RDS for PostgreSQL keeps some names for itself and refuses them as master user: admin, which is the usual name of the master user of MySQL, is a reserved word there. Commands that log in as such a user fail (RDS API reference, CreateDBInstance, MasterUsername).',
  bad: `
components:
  orders:
    kind: database
    technology: RDS PostgreSQL
    domain: machine
    ids: { user: admin }
    needs: []
    objectives: { rto: 1h, rpo: 24h }
    backups: [{ method: rds.automated, every: 6h, takes: 10m, copies: [{ domain: cellar }] }]
`,
  good: `
components:
  orders:
    kind: database
    technology: RDS MySQL
    domain: machine
    ids: { user: admin }
    objectives: { rto: 1h, rpo: 24h }
    backups: [{ method: rds.automated, every: 6h, takes: 10m, copies: [{ domain: cellar }] }]
`,
  judge: ({ components }) =>
    Object.entries(components).flatMap(([name, component]) =>
      isRdsPostgres(component)
        ? Object.entries(component.ids)
            .filter(([key, value]) => /user/i.test(key) && RESERVED.has(value))
            .map(([key, value]) => ({
              path: ['components', name, 'ids', key],
              message: `${name} is RDS PostgreSQL, which refuses "${value}" as its master user: who logs in so is turned away`,
              hint: 'Write the name that the instance really has (describe-db-instances, MasterUsername), e.g. postgres.',
            }))
        : [],
    ),
};

const isRdsPostgres = ({ technology = '' }: Component): boolean =>
  /\b(RDS|Aurora)\b/i.test(technology) && /postgres/i.test(technology);

const RESERVED = new Set(['admin', 'rdsadmin', 'rds_superuser', 'rds_replication', 'rds_password', 'rds_iam', 'rdsrepladmin', 'rdstopmgr']); // biome-ignore format: one list
