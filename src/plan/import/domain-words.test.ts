import { expect, test } from 'vitest';
import { domainsNamed, isOnAzure, providerOf } from './domain-words.ts';

test.each<[string, readonly string[]]>([
  ['us-east-1 → us-west-2', ['aws/us-east-1', 'aws/us-west-2']],
  ['nodes in us-east-1b', ['aws/us-east-1', 'aws/us-east-1/b']],
  ['arn:aws:rds:us-west-2:111122223333:snapshot:x', ['aws/account-111122223333', 'aws/us-west-2']],
  ['AWS account: 111122223333', ['aws/account-111122223333']],
  ['copied to europe-west4', ['gcp/europe-west4']],
  ['post it in Slack, page with PagerDuty', ['slack', 'pagerduty']],
  ['the name my-us-east-1-bucket', []],
  ['order 111122223333', []],
  ['West Europe is a place', []],
])('%s names %j', (text, names) => expect(domainsNamed(text).map(({ name }) => name)).toEqual(names));

test('regions of Azure count where a document speaks of Azure', () => {
  expect(isOnAzure('az login')).toBe(true);
  expect(isOnAzure('West Europe is a place')).toBe(false);
  expect(domainsNamed('West Europe', true).map(({ name }) => name)).toEqual(['azure/westeurope']);
});

test('a region is lost with its provider', () => {
  expect(providerOf('aws/us-east-1')?.name).toBe('aws');
  expect(providerOf('slack')).toBeUndefined();
});
