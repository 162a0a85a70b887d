import { check } from '../check/check.ts';
import { FACTS, planWith } from '../check/checked-plan.fake.ts';
import { scenarioSums } from '../check/scenario-sums.ts';
import type { Block, Document, Line, Section } from './document.ts';
import type { Subject } from './subject.ts';

/** What a document is made of, for the base plan of `check` with a fragment of YAML laid over it. */
export function subjectWith(fragment: string, more: Partial<Subject> = {}): Subject {
  const loaded = planWith(fragment);
  const { plan, environment, hash } = loaded;
  return {
    plan,
    environment,
    hash,
    planFile: 'lifeboat.yaml',
    actions: FACTS.actions,
    findings: check(loaded, FACTS),
    notKnown: [],
    measuredSteps: new Map(),
    sums: (name) => scenarioSums(plan, name, FACTS),
    ...more,
  };
}

/** A document of blocks alone. */
export const documentOf = (...blocks: readonly Block[]): Document => ({
  title: 'The title',
  lead: [],
  first: { id: 'first', title: 'First', blocks },
  sections: [],
});

/** Everything a line says. */
export const said = (line: Line): string =>
  line
    .map((one) => {
      if (typeof one === 'string') return one;
      if (one.kind === 'strong' || one.kind === 'soft') return said(one.text);
      if (one.kind === 'phone') return one.number;
      return 'address' in one ? one.address : one.text;
    })
    .join('');

/** Every section, the inner ones after their outer one. */
export const allSections = (sections: readonly Section[]): readonly Section[] =>
  sections.flatMap((one) => [one, ...allSections(one.sections ?? [])]);
