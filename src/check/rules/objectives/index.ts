import type { Rule } from '../../rule.ts';
import { archiveFitsTheRto } from './archive-fits-the-rto.ts';
import { componentWithoutObjective } from './component-without-objective.ts';
import { dataIsKeptSomewhere } from './data-is-kept-somewhere.ts';
import { deadlineLeavesTimeEnough } from './deadline-leaves-time-enough.ts';
import { dumpIsNotTheFasterWay } from './dump-is-not-the-faster-way.ts';
import { expectIsAsMeasured } from './expect-is-as-measured.ts';
import { nothingLostIsTrue } from './nothing-lost-is-true.ts';
import { objectiveCanBeChecked } from './objective-can-be-checked.ts';
import { objectiveConflict } from './objective-conflict.ts';
import { outageFitsTheServiceLevel } from './outage-fits-the-service-level.ts';
import { recoveryIsMoreThanWaiting } from './recovery-is-more-than-waiting.ts';
import { rpoIsReachable } from './rpo-is-reachable.ts';
import { rtoIsReachable } from './rto-is-reachable.ts';
import { scenarioFitsTheComponents } from './scenario-fits-the-components.ts';
import { slowAnswersAreNoticedInTime } from './slow-answers-are-noticed-in-time.ts';
import { statedTimeAddsUp } from './stated-time-adds-up.ts';

export const objectivesRules: readonly Rule[] = [
  deadlineLeavesTimeEnough,
  archiveFitsTheRto,
  componentWithoutObjective,
  dataIsKeptSomewhere,
  dumpIsNotTheFasterWay,
  expectIsAsMeasured,
  nothingLostIsTrue,
  objectiveCanBeChecked,
  objectiveConflict,
  outageFitsTheServiceLevel,
  recoveryIsMoreThanWaiting,
  rpoIsReachable,
  rtoIsReachable,
  scenarioFitsTheComponents,
  slowAnswersAreNoticedInTime,
  statedTimeAddsUp,
];
