import type { AnyAction } from '../actions/action.ts';
import type { Clock } from '../lib/clock.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { RunJournal } from '../model/journal.ts';
import type { JournalEvent } from '../model/run.ts';

/** CEL inside `${{ }}`. Implemented by `plan/expressions.ts`. Both throw PLAN_INVALID with the expression in the message. */
export interface Expressions {
  /** Every `${{ … }}` in every text of the value, replaced. A text that is one expression and nothing else keeps its type. */
  resolve(value: Json, scope: JsonObject): Json;
  /** A text `${{ CEL }}` (or bare CEL) that must come out as true or false. */
  condition(text: string, scope: JsonObject): boolean;
}

/** Finds the action and the client it needs. Implemented by `main` over the list of providers. */
export interface Actions {
  /** Undefined when this build has no such action. */
  find(name: string): { readonly action: AnyAction; readonly client: unknown } | undefined;
}

/** Recovery points that a run may rest on. Implemented by `usecases/safety-points.ts` over the repository. */
export interface SafetyPoints {
  /** The newest whole recovery point of a component that was taken after a moment; else why none counts. */
  since(
    component: string,
    moment: Date,
  ): Promise<{ readonly point: string; readonly at: string } | { readonly missing: string }>;
}

/** All the engine needs of the rest. */
export interface EnginePorts {
  readonly journal: RunJournal;
  readonly actions: Actions;
  readonly expressions: Expressions;
  readonly clock: Clock;
  readonly safetyPoints: SafetyPoints;
  /** Takes secrets out of a text. Everything that is journaled or printed passes through it. */
  redact(text: string): string;
  /** Who starts and drives this run. */
  readonly actor: string;
  /** True when somebody is there to decide at once. Otherwise a step that needs a decision parks the run, to be resumed later. */
  readonly mayAsk: boolean;
  /** Told of each event as it is kept, and of each line of output, for whoever watches. Must not throw. */
  readonly watch: (happening: Happening) => void;
}

export type Happening =
  | {
      readonly kind: 'event';
      readonly event: JournalEvent /** Happened before this process took the run up. */;
      readonly past?: true;
    }
  | { readonly kind: 'output'; readonly step: string; readonly line: string };
