import type { Rule } from '../rule.ts';
import { awsRules } from './aws/index.ts';
import { backupsRules } from './backups/index.ts';
import { deliveryRules } from './delivery/index.ts';
import { kubernetesRules } from './kubernetes/index.ts';
import { languageRules } from './language/index.ts';
import { objectivesRules } from './objectives/index.ts';
import { orderRules } from './order/index.ts';
import { peopleRules } from './people/index.ts';
import { postgresRules } from './postgres/index.ts';
import { scenariosRules } from './scenarios/index.ts';
import { shellRules } from './shell/index.ts';
import { upkeepRules } from './upkeep/index.ts';

/** Rules that belong together: one folder, and one part of docs/reference/rules.md. */
export interface Theme {
  /** Name of the folder. */
  readonly name: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** All themes, in the order in which a person asks: can the promises be kept, then whether it works, then with what. */
export const themes: readonly Theme[] = [
  { name: 'objectives', title: 'Objectives', rules: objectivesRules },
  { name: 'backups', title: 'Backups', rules: backupsRules },
  { name: 'scenarios', title: 'Scenarios', rules: scenariosRules },
  { name: 'people', title: 'People and messages', rules: peopleRules },
  { name: 'order', title: 'The order of a runbook', rules: orderRules },
  { name: 'upkeep', title: 'Upkeep', rules: upkeepRules },
  { name: 'language', title: 'The plan as a text', rules: languageRules },
  { name: 'shell', title: 'Commands', rules: shellRules },
  { name: 'postgres', title: 'PostgreSQL and migrations', rules: postgresRules },
  { name: 'aws', title: 'AWS', rules: awsRules },
  { name: 'delivery', title: 'Delivery and infrastructure', rules: deliveryRules },
  { name: 'kubernetes', title: 'Kubernetes', rules: kubernetesRules },
];

/** Every rule, one a file in the folder of its theme; a test holds the lists and the folders equal. */
export const rules: readonly Rule[] = themes.flatMap((theme) => theme.rules);
