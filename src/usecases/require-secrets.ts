import { KnownError } from '../model/errors.ts';
import type { Plan, SecretRef } from '../model/plan.ts';
import type { RunScenario } from '../model/run-scenario.ts';
import type { Services } from './services.ts';

/**
 * Looks up every secret that a scenario will need, before anything begins: a run that finds out later has already changed something.
 * Throws SECRET_MISSING, naming all that are not here.
 */
export function requireSecrets(plan: Plan, scenario: RunScenario, services: Pick<Services, 'secret'>): void {
  const missing = secretsOf(plan, scenario).flatMap((ref) => missingAt(ref, services));
  const [first] = missing;
  if (first === undefined) return;
  const messages = [...new Set(missing.map(({ message }) => message))];
  const hints = [...new Set(missing.map(({ hint }) => hint))];
  throw new KnownError('SECRET_MISSING', messages.join('; '), `${hints.join(' ')} Nothing has begun.`, first);
}

function missingAt(ref: SecretRef | string, { secret }: Pick<Services, 'secret'>): readonly KnownError[] {
  try {
    secret(ref);
    return [];
  } catch (error) {
    if (error instanceof KnownError && error.code === 'SECRET_MISSING') return [error];
    throw error;
  }
}

/** The private key, the connections of what is lost and of what the steps name, and what the steps themselves ask for. */
function secretsOf({ repository, components }: Plan, scenario: RunScenario): readonly (SecretRef | string)[] {
  const texts = scenario.steps.flatMap((step) => textsIn(step.with));
  const named = new Set([...scenario.loses, ...texts]);
  const asked = texts.flatMap((text) => [...text.matchAll(SECRET)].map(([, secret = '']) => ({ secret })));
  const connections = Object.entries(components).flatMap(([name, component]) =>
    named.has(name) && component.kind === 'postgres' ? [component.connection] : [],
  );
  const fenced = new Set(scenario.steps.flatMap((step) => (step.uses === 'postgres.fence' ? textsIn(step.with) : [])));
  const applications = Object.entries(components).flatMap(([name, component]) =>
    fenced.has(name) && component.kind === 'postgres' && component.application_connection !== undefined
      ? [component.application_connection]
      : [],
  );
  return [...(repository?.identity ? [repository.identity] : []), ...connections, ...applications, ...asked];
}

/** `${{ secret("env:NAME") }}` in the input of a step. */
const SECRET = /\bsecret\(\s*["']((?:env|file):[^"']+)["']\s*\)/g;

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
