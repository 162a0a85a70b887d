import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { conninfoOf } from './dump-target.ts';
import { ManifestSeal } from './manifest-seal.ts';
import { namesStandby, parseSize, segmentStart, slotName, supportedVersion } from './replication.ts';
import { readHistory } from './timeline-history.ts';
import { readFrame, statusFrame } from './wal-frames.ts';

describe('frames', () => {
  test('log and signs of life', () => {
    const log = Buffer.alloc(30, 1);
    log.write('w', 0);
    log.writeBigUInt64BE(0x10_0000_0000n, 1);
    log.writeBigUInt64BE(0x10_0000_0005n, 9);
    expect(readFrame(log)).toMatchObject({ kind: 'log', start: 0x10_0000_0000n, serverPosition: 0x10_0000_0005n });
    const alive = Buffer.alloc(18);
    alive.write('k', 0);
    alive.writeBigUInt64BE(7n, 1);
    alive[17] = 1;
    expect(readFrame(alive)).toEqual({ kind: 'keepalive', serverPosition: 7n, wantsReply: true });
  });
  test.each([['w'], ['k'], ['z'], ['']])('a message that is cut or unknown is refused: %s', (text) =>
    expect(() => readFrame(Buffer.from(text))).toThrow(RangeError),
  );
  test('the status says written and durable alike, in the time of PostgreSQL', () => {
    const frame = statusFrame(42n, new Date('2000-01-01T00:00:01Z'), true);
    expect([frame.readBigUInt64BE(1), frame.readBigUInt64BE(9), frame.readBigUInt64BE(17)]).toEqual([42n, 42n, 0n]);
    expect([frame.readBigInt64BE(25), frame[33], frame.length]).toEqual([1_000_000n, 1, 34]);
  });
});

describe('the seal of a manifest', () => {
  const body = `{ "Files": [\n${'{ "Path": "x" },\n'.repeat(100)}],\n`;
  const sum = createHash('sha256').update(body).digest('hex');
  const whole = `${body}"Manifest-Checksum": "${sum}"}\n`;
  const holds = (text: string, step = 7) => {
    const seal = new ManifestSeal();
    seal.begin();
    for (let at = 0; at < text.length; at += step) seal.take(Buffer.from(text.slice(at, at + step)));
    return seal.holds();
  };
  test('holds for a whole one, in pieces of any size', () => {
    for (const step of [1, 7, 300, 10_000]) expect(holds(whole, step)).toBe(true);
  });
  test('does not hold for one that is cut, changed, empty or missing', () => {
    for (const length of [0, 10, body.length, whole.length - 1]) expect(holds(whole.slice(0, length))).toBe(false);
    expect(holds(whole.replace('"x"', '"y"'))).toBe(false);
    expect(new ManifestSeal().holds()).toBe(false);
  });
});

describe('facts of a server', () => {
  test('versions', () => {
    expect(supportedVersion('15.18 (Debian 15.18-0+deb12u1)', 'x')).toEqual({ version: '15.18', major: 15 });
    expect(supportedVersion('18beta1', 'x')).toEqual({ version: '18beta1', major: 18 });
    for (const old of ['14.9', '9.6.24', ''])
      expect(() => supportedVersion(old, 'orders-db at h:1')).toThrow(
        expect.objectContaining({ code: 'TARGET_FAILED', hint: expect.stringContaining('15 or newer') }),
      );
  });
  test('sizes', () => {
    expect(['16MB', '1GB', '8192B', '64kB'].map(parseSize)).toEqual([16 << 20, 1 << 30, 8192, 65_536]);
    expect(() => parseSize('16')).toThrow(RangeError);
  });
  test('slots and segments', () => {
    expect(slotName('orders-db')).toBe('lifeboat_orders_db');
    expect(() => slotName('a'.repeat(60))).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
    expect(segmentStart(0x3000028n, 16 << 20)).toBe(0x3000000n);
  });
  test('histories', () => {
    const text = '# comment\n1\t0/3000000\tno recovery target specified\n\n2\t1/AB000028\tbefore 2026\n';
    expect([...readHistory(text)]).toEqual([
      [1, 0x3000000n],
      [2, 0x1_ab000028n],
    ]);
  });
});

describe('conninfo for pg_dump', () => {
  const client = { host: 'h', port: 5432, user: "o'neil", database: 'a\\b' };
  test('quotes, passes TLS settings on, and never the password', () => {
    const text = conninfoOf(
      client,
      'postgres://u:s3cret@h/x?sslmode=no-verify&sslrootcert=/ca.pem&password=s3cret&ssl=true',
    );
    expect(text).toBe(
      "host='h' port='5432' user='o\\'neil' dbname='a\\\\b' fallback_application_name='lifeboat' sslmode='require' sslrootcert='/ca.pem'",
    );
  });
});

test.each([
  ['', false],
  ['lifeboat_db', true],
  ['"lifeboat_db"', true],
  ['other', false],
  ['lifeboat_db2', false],
  ['*', true],
  ['1 (lifeboat_db, other)', true],
  ['FIRST 2 (other, LIFEBOAT_DB)', true],
  ['ANY 1 (other, "lifeboat_db")', true],
  ['any 1 (other)', false],
])('whether commits wait for lifeboat_db by %j: %s', (setting, waits) => {
  expect(namesStandby(setting, 'lifeboat_db')).toBe(waits);
});
