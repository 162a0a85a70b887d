import type { Rule } from '../../rule.ts';
import { filesAreAtHand } from './files-are-at-hand.ts';
import { literalSecret } from './literal-secret.ts';
import { looksOnlyLook } from './looks-only-look.ts';
import { machineMadeIdsAreLookedUp } from './machine-made-ids-are-looked-up.ts';
import { noLiteralMoment } from './no-literal-moment.ts';
import { pausesGrowAsWritten } from './pauses-grow-as-written.ts';
import { scriptsHaveASecondHome } from './scripts-have-a-second-home.ts';
import { textIsNotDamaged } from './text-is-not-damaged.ts';
import { unboundedStep } from './unbounded-step.ts';
import { unfilledPlaceholder } from './unfilled-placeholder.ts';
import { unknownAction } from './unknown-action.ts';
import { unknownOutput } from './unknown-output.ts';

export const languageRules: readonly Rule[] = [
  pausesGrowAsWritten,
  filesAreAtHand,
  literalSecret,
  looksOnlyLook,
  machineMadeIdsAreLookedUp,
  noLiteralMoment,
  scriptsHaveASecondHome,
  textIsNotDamaged,
  unboundedStep,
  unfilledPlaceholder,
  unknownAction,
  unknownOutput,
];
