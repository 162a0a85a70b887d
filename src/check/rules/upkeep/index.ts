import type { Rule } from '../../rule.ts';
import { configurationDriftIsLookedFor } from './configuration-drift-is-looked-for.ts';
import { controlsHaveEvidence } from './controls-have-evidence.ts';
import { datesFollowEachOther } from './dates-follow-each-other.ts';
import { doneWhenDue } from './done-when-due.ts';
import { drillSaysWhere } from './drill-says-where.ts';
import { drilledAtAll } from './drilled-at-all.ts';
import { reviewCadencesAgree } from './review-cadences-agree.ts';
import { reviewOverdue } from './review-overdue.ts';

export const upkeepRules: readonly Rule[] = [
  configurationDriftIsLookedFor,
  controlsHaveEvidence,
  datesFollowEachOther,
  doneWhenDue,
  drillSaysWhere,
  drilledAtAll,
  reviewCadencesAgree,
  reviewOverdue,
];
