import type { Finding } from '../../model/finding.ts';
import { describeRule } from '../describe-rule.ts';
import { rules } from '../rules/index.ts';
import type { Report } from './report.ts';

/**
 * A JUnit report, as build servers show it: each error is a failed test of its rule, each warning a passed one with a note, and
 * every rule that has nothing to say is a passed test, so that a check that did not run cannot look like one that found nothing.
 */
export function reportJunit({ plan, findings, judged }: Report): string {
  const found = new Set(findings.map(({ rule }) => rule));
  const quiet = judged ? rules.filter(({ id }) => !found.has(id)) : [];
  const cases = [...findings.map(findingCase), ...quiet.map(({ id, title }) => testCase(id, title, ''))];
  const failures = findings.filter(({ level }) => level === 'error').length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lifeboat check" ${counts}>`,
    `  <testsuite name="${attribute(plan)}" ${counts} skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function findingCase(finding: Finding): string {
  const { rule, level, at, message, hint, related } = finding;
  const text = [
    `${at.file}:${at.line}:${at.column}: ${message}`,
    ...(related ?? []).map((one) => `see ${one.at.file}:${one.at.line}:${one.at.column}: ${one.message}`),
    `→ ${hint}`,
  ].join('\n');
  const inner =
    level === 'error'
      ? `<failure type="${attribute(rule)}" message="${attribute(message)}">${content(text)}</failure>`
      : `<system-out>${content(`${level}: ${text}`)}</system-out>`;
  return testCase(rule, `${describeRule(rule).title} (${at.file}:${at.line}:${at.column})`, inner);
}

function testCase(rule: string, name: string, inner: string): string {
  const head = `    <testcase classname="lifeboat.${attribute(rule)}" name="${attribute(name)}"`;
  return inner === '' ? `${head} />` : `${head}>${inner}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 cannot hold other signs, not even escaped: one of them in a plan would make the whole report unreadable. */
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const content = (text: string): string =>
  text.replaceAll(NOT_IN_XML, '\ufffd').replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] as string);

const attribute = (text: string): string => content(text).replaceAll(/[\t\r\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
