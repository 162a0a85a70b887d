import { keepsData } from '../../../src/check/losses.ts';
import { promised } from '../../../src/model/plan.ts';
import type { Operator } from './mutant.ts';
import { dataLosses, scenariosOf } from './places.ts';

/** Promises that nobody can keep, or that nobody can check. */
export const PROMISES: readonly Operator[] = [
  {
    name: 'an RPO is shortened below the interval of the copies',
    rule: 'rpo-is-reachable',
    // What is left when the instance is deleted loses more than that, too.
    companions: ['automated-backups-outlive-the-instance'],
    places: (plan) =>
      dataLosses(plan)
        .filter(([, { objectives }]) => (promised(objectives.rpo)?.max ?? 0) > 0)
        .map(([name]) => {
          const at = ['scenarios', name, 'objectives', 'rpo'];
          return { at, edits: [[at, '1s']] };
        }),
  },
  {
    name: 'an RTO is shortened below what the steps take',
    rule: 'rto-is-reachable',
    // Whoever is called, and what is said of the scenario elsewhere, is measured by the same RTO.
    companions: ['called-before-the-rto-is-over', 'objective-conflict'],
    places: (plan) =>
      scenariosOf(plan)
        .filter(([, { objectives, steps }]) => typeof objectives.rto === 'string' && steps.length > 0)
        .map(([name]) => {
          const at = ['scenarios', name, 'objectives', 'rto'];
          return { at, edits: [[at, '2m']] };
        }),
  },
  {
    name: 'an RTO becomes "varies"',
    rule: 'objective-can-be-checked',
    companions: ['scenario-fits-the-components'],
    places: (plan) =>
      scenariosOf(plan)
        .filter(([, { objectives }]) => typeof objectives.rto === 'string')
        .map(([name]) => {
          const at = ['scenarios', name, 'objectives', 'rto'];
          return { at, edits: [[at, 'varies']] };
        }),
  },
  {
    name: 'a component promises more than what it needs',
    rule: 'objective-conflict',
    // Every scenario in which it is down says so as well.
    companions: ['objective-conflict', 'scenario-fits-the-components'],
    places: (plan) =>
      Object.entries(plan.components)
        .filter(([, { needs }]) => needs.length > 0)
        .map(([name]) => {
          const at = ['components', name, 'objectives', 'rto'];
          return { at, edits: [[at, '1m']] };
        }),
  },
  {
    name: 'customers are promised more than one recovery leaves room for',
    rule: 'outage-fits-the-service-level',
    places: (plan) =>
      plan.service_levels.length > 0
        ? [
            {
              at: ['service_levels', 0, 'availability'],
              edits: [[['service_levels', 0, 'availability'], '99.999%']],
            },
          ]
        : [],
  },
  {
    name: 'a component is added for which nothing is promised',
    rule: 'component-without-objective',
    companions: ['component-without-scenario'],
    places: (plan) =>
      plan.objectives ? [] : [{ at: ['components', 'forgotten'], edits: [[['components', 'forgotten'], FORGOTTEN]] }],
  },
  {
    name: 'a component is added that no scenario loses',
    rule: 'component-without-scenario',
    places: () => [
      {
        at: ['components', 'forgotten'],
        edits: [[['components', 'forgotten'], { ...FORGOTTEN, objectives: { rto: '1h', rpo: '1h' } }]],
      },
    ],
  },
  {
    name: 'a scenario is said to be quicker than its steps',
    rule: 'stated-time-adds-up',
    places: (plan) =>
      scenariosOf(plan)
        .filter(([, { steps, states }]) => states === undefined && steps.some(({ expect }) => expect !== undefined))
        .map(([name]) => ({
          at: ['scenarios', name, 'states', 'takes'],
          edits: [[['scenarios', name, 'states'], { takes: '1s' }]],
        })),
  },
  {
    name: 'data is given a promise that its home does not give',
    rule: 'objective-conflict',
    places: (plan) =>
      Object.entries(plan.components)
        .filter(([, component]) => keepsData(component))
        .slice(0, 1)
        .map(([name]) => ({
          at: ['data', 'ledger', 'objectives', 'rto'],
          edits: [[['data', 'ledger'], { title: 'The ledger', in: [name], objectives: { rto: '1s' } }]],
        })),
  },
];

const FORGOTTEN = { kind: 'certificate', title: 'Set up last week', stateless: true };
