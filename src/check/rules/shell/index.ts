import type { Rule } from '../../rule.ts';
import { commandsAreShell } from './commands-are-shell.ts';
import { commandsAskNobody } from './commands-ask-nobody.ts';
import { composeIsVersionTwo } from './compose-is-version-two.ts';
import { composeNamesItsProject } from './compose-names-its-project.ts';
import { curlRetriesWhatFails } from './curl-retries-what-fails.ts';
import { deletedIsWhatWasMade } from './deleted-is-what-was-made.ts';
import { fileIsReplacedWhenComplete } from './file-is-replaced-when-complete.ts';
import { healthIsMoreThanHeaders } from './health-is-more-than-headers.ts';
import { jsonIsSentAsJson } from './json-is-sent-as-json.ts';
import { nameIsComputedOnce } from './name-is-computed-once.ts';
import { secretsStayOffTheCommandLine } from './secrets-stay-off-the-command-line.ts';
import { successIsSeenBeforeItIsSaid } from './success-is-seen-before-it-is-said.ts';
import { toolVersionsAreSaid } from './tool-versions-are-said.ts';
import { valuesKeepTheirBlanks } from './values-keep-their-blanks.ts';
import { variablesAreSetInTheirOwnStep } from './variables-are-set-in-their-own-step.ts';

export const shellRules: readonly Rule[] = [
  commandsAreShell,
  commandsAskNobody,
  composeIsVersionTwo,
  composeNamesItsProject,
  curlRetriesWhatFails,
  deletedIsWhatWasMade,
  fileIsReplacedWhenComplete,
  healthIsMoreThanHeaders,
  jsonIsSentAsJson,
  nameIsComputedOnce,
  secretsStayOffTheCommandLine,
  successIsSeenBeforeItIsSaid,
  toolVersionsAreSaid,
  valuesKeepTheirBlanks,
  variablesAreSetInTheirOwnStep,
];
