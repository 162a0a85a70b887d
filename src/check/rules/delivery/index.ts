import type { Rule } from '../../rule.ts';
import { deploysANamedVersion } from './deploys-a-named-version.ts';
import { frontendIsRolledBackToo } from './frontend-is-rolled-back-too.ts';
import { pipelineIsFrozen } from './pipeline-is-frozen.ts';
import { plannedThenApplied } from './planned-then-applied.ts';
import { rollbackNamesItsRevision } from './rollback-names-its-revision.ts';
import { standbyIsNotDestroyed } from './standby-is-not-destroyed.ts';
import { staticSiteIsPublishedWhole } from './static-site-is-published-whole.ts';
import { terraformAppliesASavedPlan } from './terraform-applies-a-saved-plan.ts';
import { terraformStateSurvivesTheLoss } from './terraform-state-survives-the-loss.ts';

export const deliveryRules: readonly Rule[] = [
  deploysANamedVersion,
  frontendIsRolledBackToo,
  pipelineIsFrozen,
  plannedThenApplied,
  rollbackNamesItsRevision,
  standbyIsNotDestroyed,
  staticSiteIsPublishedWhole,
  terraformAppliesASavedPlan,
  terraformStateSurvivesTheLoss,
];
