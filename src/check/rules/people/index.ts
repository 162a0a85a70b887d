import type { Rule } from '../../rule.ts';
import { cadencesAgree } from './cadences-agree.ts';
import { calledAtOneTime } from './called-at-one-time.ts';
import { calledBeforeTheRtoIsOver } from './called-before-the-rto-is-over.ts';
import { channelsHaveAFallback } from './channels-have-a-fallback.ts';
import { channelsOutsideTheLoss } from './channels-outside-the-loss.ts';
import { newsOfAnOutageHasAnEnd } from './news-of-an-outage-has-an-end.ts';
import { reportComparesWithTheObjectives } from './report-compares-with-the-objectives.ts';
import { responseIsPlanned } from './response-is-planned.ts';
import { rolesAreReachable } from './roles-are-reachable.ts';
import { severitiesAreComplete } from './severities-are-complete.ts';
import { severityAgreesWithTheClass } from './severity-agrees-with-the-class.ts';
import { severityAgreesWithTheScenario } from './severity-agrees-with-the-scenario.ts';
import { somebodyCanStandIn } from './somebody-can-stand-in.ts';
import { statusAgreesWithTheText } from './status-agrees-with-the-text.ts';
import { statusPageIsUsed } from './status-page-is-used.ts';
import { templateVariablesAgree } from './template-variables-agree.ts';

export const peopleRules: readonly Rule[] = [
  cadencesAgree,
  calledAtOneTime,
  calledBeforeTheRtoIsOver,
  channelsHaveAFallback,
  channelsOutsideTheLoss,
  newsOfAnOutageHasAnEnd,
  reportComparesWithTheObjectives,
  responseIsPlanned,
  rolesAreReachable,
  severitiesAreComplete,
  severityAgreesWithTheClass,
  severityAgreesWithTheScenario,
  somebodyCanStandIn,
  statusAgreesWithTheText,
  statusPageIsUsed,
  templateVariablesAgree,
];
