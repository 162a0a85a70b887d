import type { Flag } from './define-command.ts';

/** Flags that every command takes. */
export const GLOBAL_FLAGS = {
  plan: {
    kind: 'text',
    value: 'FILE',
    describe: 'The plan. Default: lifeboat.yaml here or in a folder above.',
  },
  state: {
    kind: 'text',
    value: 'FOLDER',
    describe: 'Where runs are kept. Default: $LIFEBOAT_STATE, else .lifeboat beside the plan.',
  },
  environment: {
    kind: 'text',
    value: 'NAME',
    describe: 'The environment of the plan. Default: the first one in the plan.',
  },
  json: { kind: 'switch', describe: 'Print exactly one JSON document on stdout, errors included.' },
  debug: { kind: 'switch', describe: 'Show the stack of an unforeseen error.' },
  help: { kind: 'switch', describe: 'Show this help.' },
} as const satisfies Record<string, Flag>;

export interface Globals {
  readonly plan?: string;
  readonly state?: string;
  readonly environment?: string;
  readonly json: boolean;
  readonly debug: boolean;
  readonly help: boolean;
}
