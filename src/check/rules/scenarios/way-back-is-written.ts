import type { Rule } from '../../rule.ts';

/** Who moves out must know how to come back. */
export const wayBackIsWritten: Rule = {
  id: 'way-back-is-written',
  level: 'warning',
  title: 'A move to another domain says how one returns',
  why: 'After a failover the data lives elsewhere, and both sides may have been written to. The way back is a second move with the same risks, and it is taken by people who are tired. Write it beforehand, or say why none is needed.',
  bad: `
scenarios: { loss: { loses_domains: [machine] } }
`,
  good: `
scenarios: { loss: { loses_domains: [machine], failback: { not_needed: The new machine stays } } }
`,
  judge: ({ scenarios }) =>
    Object.entries(scenarios)
      .filter(
        ([, { kind, loses_domains, failback }]) =>
          kind === 'disaster' && loses_domains.length > 0 && failback === undefined,
      )
      .map(([name, { loses_domains }]) => ({
        path: ['scenarios', name],
        message: `${name} leaves ${loses_domains.join(', ')}, and nothing says how one returns`,
        hint: 'Add failback: the scenario that returns, or { not_needed: why }.',
      })),
};
