import { describe, expect, test } from 'vitest';
import { parseScript } from '../parse-script.ts';
import type { ShellCommand, ShellScript } from '../script.ts';
import { type AwsCall, awsCall } from './aws.ts';
import { awsShape } from './aws-fields.ts';
import { awsInput } from './aws-input.ts';
import { awsOptions } from './aws-options.ts';
import { awsWaiter } from './aws-waiters.ts';
import { selectionOf } from './jmespath.ts';

describe('selectionOf', () => {
  test.each([
    ['DBSnapshots[0]', { list: 'DBSnapshots', index: 0, at: 11, filters: [] }],
    [
      'DBSnapshots[0].[DBSnapshotIdentifier,SnapshotCreateTime]',
      { list: 'DBSnapshots', index: 0, at: 11, filters: [] },
    ],
    ['DBSnapshots[*].[DBSnapshotIdentifier]', { list: 'DBSnapshots', filters: [] }],
    ['DBSnapshots', { list: 'DBSnapshots', filters: [] }],
    [
      "DBSnapshots[?Status=='available'] | [-1].Id",
      { list: 'DBSnapshots', index: -1, at: 36, filters: ["Status=='available'"] },
    ],
    ['DBSnapshots[] | [0]', { list: 'DBSnapshots', index: 0, at: 16, filters: [] }],
    [
      'sort_by(DBSnapshots, &SnapshotCreateTime)[-1].DBSnapshotIdentifier',
      { list: 'DBSnapshots', sortedBy: 'SnapshotCreateTime', index: -1, at: 41, filters: [] },
    ],
    [
      "reverse(sort_by(DBSnapshots[?Status=='available' || Status=='x'],&SnapshotCreateTime))|[0]",
      {
        list: 'DBSnapshots',
        sortedBy: 'SnapshotCreateTime',
        index: 0,
        at: 87,
        filters: ["Status=='available' || Status=='x'"],
      },
    ],
    [
      'max_by(DBSnapshots,&SnapshotCreateTime).Id',
      { list: 'DBSnapshots', sortedBy: 'SnapshotCreateTime', index: 0, at: 0, filters: [] },
    ],
    ['Versions[?IsLatest==`true`].[Key,VersionId]', { list: 'Versions', filters: ['IsLatest==`true`'] }],
    // The first field of every one, not the first of them.
    ['DBSnapshots[*].Tags[0]', { list: 'DBSnapshots', filters: [] }],
    ['DBSnapshots[-5:]', { list: 'DBSnapshots', filters: [] }],
  ])('%s', (query, selection) => expect(selectionOf(query)).toEqual(selection));

  test.each(['[DBSnapshots[0].A, DBSnapshots[0].B]', '{A: DBSnapshots[0]}', '', '@', 'sort_by(DBSnapshots', '"x"[0]'])(
    '%s is not understood',
    (query) => expect(selectionOf(query)).toBeUndefined(),
  );
});

const last = (text: string): [AwsCall, ShellScript] => {
  const script = parseScript(text);
  return [awsCall(script.commands.at(-1) as ShellCommand) as AwsCall, script];
};

describe('awsInput', () => {
  const input = (text: string, option: string) => {
    const [call, script] = last(text);
    return awsInput(call, option, script);
  };

  test('JSON in the command, with its place', () => {
    const text = `aws s3api put-bucket-versioning --bucket b --versioning-configuration '{"Status": "Enabled"}'`;
    const found = input(text, 'versioning-configuration');
    expect(found?.value).toEqual({ Status: 'Enabled' });
    expect(text.startsWith('{"Status"', found?.at)).toBe(true);
  });

  test('the short form', () => {
    const said = (value: string) =>
      input(`aws s3api put-bucket-versioning --versioning-configuration ${value}`, 'versioning-configuration')?.value;
    expect(said('Status=Enabled,MFADelete=Disabled')).toEqual({ Status: 'Enabled', MFADelete: 'Disabled' });
    expect(said('Status=Enabled')).toEqual({ Status: 'Enabled' });
    expect(said('$VALUE')).toBeUndefined();
    expect(said('Rules=[{a=b}]')).toBeUndefined();
  });

  test('a file that the same script writes', () => {
    const write = (from: string) =>
      `cat > l.json <<'E'\n{"Rules": []}\nE\naws s3api put-bucket-lifecycle-configuration --lifecycle-configuration ${from}`;
    const found = input(write('file://l.json'), 'lifecycle-configuration');
    expect(found?.value).toEqual({ Rules: [] });
    expect(write('file://l.json').startsWith('{"Rules"', found?.at)).toBe(true);
    expect(input(write('file://other.json'), 'lifecycle-configuration')).toBeUndefined();
    expect(input(write('file://$X'), 'lifecycle-configuration')).toBeUndefined();
    expect(input(write('"{ broken"'), 'lifecycle-configuration')).toBeUndefined();
    expect(input(write('""'), 'other')).toBeUndefined();
  });
});

test('the tables say what the command line says', () => {
  const restore = awsOptions('rds', 'restore-db-instance-from-db-snapshot');
  expect(restore?.get('publicly-accessible')).toEqual({
    name: 'publicly-accessible',
    isRequired: false,
    isSwitch: true,
  });
  expect(restore?.get('db-instance-identifier')?.isRequired).toBe(true);
  expect(restore?.has('multi-az')).toBe(true);
  expect(awsOptions('rds', 'no-such-operation')).toBeUndefined();
  expect(awsWaiter('rds', 'db-snapshot-completed')).toEqual({ limit: 600_000, isContentWithNothing: true });
  expect(awsWaiter('rds', 'db-snapshot-available')?.isContentWithNothing).toBe(false);
  expect(awsWaiter('rds', 'moon-full')).toBeUndefined();
  expect(awsShape('s3api', 'put-bucket-versioning', 'versioning-configuration')).toEqual({
    Status: 'value',
    MFADelete: 'value',
  });
  expect(awsShape('s3api', 'put-bucket-versioning', 'bucket')).toBeUndefined();
});
