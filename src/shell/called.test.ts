import { describe, expect, test } from 'vitest';
import { calledAs } from './called.ts';
import { emptiedFiles, outputPlaces, pipeOf } from './files.ts';
import { blanksIn } from './mask.ts';
import { parseScript } from './parse-script.ts';
import { composeCall } from './programs/compose.ts';
import type { ShellCommand } from './script.ts';

const first = (text: string): ShellCommand => parseScript(text).commands[0] as ShellCommand;

describe('calledAs', () => {
  test.each([
    ['aws --region x rds describe-db-instances --max-items 3', 'aws rds describe-db-instances'],
    ['kubectl -n shop logs -f pod/x', 'kubectl logs'],
    ['docker compose -f other.yaml stop db', 'docker compose stop'],
    ['docker-compose stop db', 'docker-compose stop'],
    ['docker push shop:good', 'docker push'],
    ['terraform apply x.tfplan', 'terraform apply'],
    ['/usr/bin/psql -l', 'psql'],
    ['./restore.sh production', 'restore.sh'],
    ['$TOOL run', 'this command'],
  ])('%s', (text, name) => expect(calledAs(first(text))).toBe(name));
});

describe('composeCall', () => {
  test.each([
    ['docker compose up -d db', { verb: 'up', services: ['db'], namesProject: false }],
    ['docker compose -f other.yaml stop a b', { verb: 'stop', services: ['a', 'b'], namesProject: true }],
    ['docker compose --project-name shop ps', { verb: 'ps', services: [], namesProject: true }],
    ['docker-compose logs', { verb: 'logs', services: [], namesProject: false }],
  ])('%s', (text, call) => expect(composeCall(first(text))).toMatchObject(call));
  test.each(['docker ps', 'docker', 'docker-compose', 'compose up'])('%s is none', (text) =>
    expect(composeCall(first(text))).toBeUndefined(),
  );
});

describe('files', () => {
  test('a pipe is followed to its end', () =>
    expect(pipeOf(first('a | b | c > d')).map(({ program }) => program)).toEqual(['a', 'b', 'c']));
  test.each([
    ['a > x', ['x']],
    ['a >> x', []],
    ['a > /dev/null 2>&1', []],
    ['a > "$OUT"', []],
    ['a < x', []],
  ])('%s empties %j', (text, files) => expect(emptiedFiles(first(text))).toEqual(files));
  test.each([
    ['a > x', ['x']],
    ['a >> x', ['x']],
    ['a | b > "$OUT"', ['$OUT']],
    ['a | tee -a x', ['x']],
    ['a 2>&1', []],
    ['a > /dev/null', []],
    ['a | aws s3 cp - s3://b/x', ['s3://b/x']],
    ['pg_dump shop -f x.sql', ['x.sql']],
    ['psql -o x.txt -c "SELECT 1"', ['x.txt']],
    ['psql -f x.sql', []],
    ['curl -o page.html https://example.com', ['page.html']],
  ])('%s ends in %j', (text, places) => expect(outputPlaces(first(text))).toEqual(places));
});

describe('blanksIn', () => {
  const blanks = (text: string) => blanksIn(text).map((blank) => blank.text);
  test.each([
    ['drain <node-name> --now', ['<node-name>']],
    ['a_<YYYYMMDD>_<HHMMSS>.sql', ['<YYYYMMDD>', '<HHMMSS>']],
    ["name = '0006_<migration_name>'", ['<migration_name>']],
    ['restore-<date>', ['<date>']],
  ])('%s', (text, found) => expect(blanks(text)).toEqual(found));
  test.each([
    'sort <in >out',
    'sort <in>out',
    'cat <<EOF',
    'diff <(a) <(b)',
    'echo "<b> bold </b>"',
    'a < b > c',
    'Ann <ann@example.com>',
  ])('%s has none', (text) => expect(blanks(text)).toEqual([]));
  test('a blank is no redirection', () => expect(first('vercel rollback <deployment-url>').redirects).toEqual([]));
});
