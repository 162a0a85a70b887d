import { expect, test } from 'vitest';
import { conninfo, passwordOf } from './conninfo.ts';

test('a password goes into the environment, and not onto the command line', () => {
  const uri = 'postgresql://us:s%2Fcret@db.example.com:5433/shop?sslmode=require';
  expect(conninfo(uri)).toBe('postgresql://us@db.example.com:5433/shop?sslmode=require');
  expect(passwordOf(uri)).toEqual({ PGPASSWORD: 's/cret' });
  expect(passwordOf('postgresql://us@db.example.com/shop')).toEqual({});
});
