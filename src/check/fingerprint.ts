import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/json.ts';
import type { Finding } from '../model/finding.ts';

/** Recognises a finding again when lines have moved: its rule, its path in the plan, and what it says. */
export function fingerprint({ rule, path, message }: Finding): string {
  const said = { rule, path: path ?? '', message: message.replaceAll(DAYS, 'some days') };
  return createHash('sha256').update(canonicalJson(said)).digest('hex').slice(0, 16);
}

/** What is overdue is one day more overdue every day, and still the same finding. Other numbers count: 31m is not 90m. */
const DAYS = /\b\d+ days?\b/g;
