import type { Rule } from '../../rule.ts';
import { commandsUseWhatThePlanKnows } from './commands-use-what-the-plan-knows.ts';
import { componentWithoutScenario } from './component-without-scenario.ts';
import { deploymentsCanBeTakenBack } from './deployments-can-be-taken-back.ts';
import { forEachIsWhole } from './for-each-is-whole.ts';
import { idsOfWhatIsRebuilt } from './ids-of-what-is-rebuilt.ts';
import { onePlatformForAComponent } from './one-platform-for-a-component.ts';
import { planFollowsTheNewInstance } from './plan-follows-the-new-instance.ts';
import { planIsAtHand } from './plan-is-at-hand.ts';
import { procedureIsFollowed } from './procedure-is-followed.ts';
import { scenarioCanRun } from './scenario-can-run.ts';
import { scenarioIsComplete } from './scenario-is-complete.ts';
import { severityExampleHasAScenario } from './severity-example-has-a-scenario.ts';
import { wayBackIsWritten } from './way-back-is-written.ts';

export const scenariosRules: readonly Rule[] = [
  forEachIsWhole,
  commandsUseWhatThePlanKnows,
  componentWithoutScenario,
  deploymentsCanBeTakenBack,
  idsOfWhatIsRebuilt,
  onePlatformForAComponent,
  planFollowsTheNewInstance,
  planIsAtHand,
  procedureIsFollowed,
  scenarioCanRun,
  scenarioIsComplete,
  severityExampleHasAScenario,
  wayBackIsWritten,
];
