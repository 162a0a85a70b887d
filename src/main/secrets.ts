import { readFileSync } from 'node:fs';
import { KnownError } from '../model/errors.ts';
import type { SecretRef } from '../model/plan.ts';
import type { Redactor } from './redactor.ts';

export type SecretReader = (ref: SecretRef | string) => string;

/** Reads secrets by reference, `env:NAME` or `file:/path`. Each value is known to the redactor before anyone else sees it. */
export function secretReader(env: (name: string) => string | undefined, redactor: Redactor): SecretReader {
  return (ref) => {
    // A text that is no reference is the value itself: a connection written in the plan, which should hold no password.
    if (typeof ref === 'string' && !/^(env|file):/.test(ref)) {
      if (/:[^/@]*@|password/i.test(ref)) redactor.add(ref);
      return ref;
    }
    const name = typeof ref === 'string' ? ref : ref.secret;
    const value = name.startsWith('env:') ? fromEnv(name, env) : fromFile(name);
    redactor.add(value);
    return value;
  };
}

function fromEnv(name: string, env: (name: string) => string | undefined): string {
  const value = env(name.slice('env:'.length));
  if (value === undefined || value.trim() === '')
    throw new KnownError(
      'SECRET_MISSING',
      `the secret ${name} is not set`,
      `Set the environment variable ${name.slice('env:'.length)} where Lifeboat runs.`,
    );
  return value.trim();
}

function fromFile(name: string): string {
  const path = name.slice('file:'.length);
  try {
    const value = readFileSync(path, 'utf8').trim();
    if (value !== '') return value;
  } catch (error) {
    throw missingFile(name, `${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`, error);
  }
  throw missingFile(name, 'the file is empty');
}

const missingFile = (name: string, why: string, cause?: unknown): KnownError =>
  new KnownError(
    'SECRET_MISSING',
    `the secret ${name} cannot be read (${why})`,
    'Put the file there, readable for the user that runs Lifeboat.',
    cause,
  );
