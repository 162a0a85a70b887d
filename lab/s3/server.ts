import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Asked, askedBy, type Operation, operationOf } from './asked.ts';
import { type Bucket, type NewBucket, newBucket } from './bucket.ts';
import { type Answer, OPERATIONS } from './operations.ts';
import { Refusal, refusal } from './refusal.ts';
import { signerOf, type User } from './signature.ts';

/**
 * What goes wrong: the store answers that it is too busy, or with an error of its own; the connection is cut before anything
 * happened, or in the middle of the body, or after all was done; nothing comes back; one byte is another; it takes its time.
 */
export const FAULTS = [
  'throttle',
  'error',
  'error-after',
  'reset',
  'reset-after',
  'cut',
  'silent',
  'silent-after',
  'rotten',
  'slow',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface ScriptedFault {
  readonly on: Operation;
  readonly fault: Fault;
  /** How many requests meet it. */
  times: number;
}

/** A small, strict S3 on this machine. It refuses what S3 refuses, by the same names. */
export interface LabS3 {
  readonly endpoint: string;
  readonly region: string;
  readonly buckets: Map<string, Bucket>;
  /** Requests that will go wrong; those that did are gone from it. */
  readonly faults: ScriptedFault[];
  /** Every operation that was asked for, in order. */
  readonly calls: Operation[];
  add(bucket: Omit<NewBucket, 'region'> & { region?: string }): Bucket;
  close(): Promise<void>;
}

export interface LabS3Settings {
  readonly users: readonly User[];
  readonly region?: string;
  readonly page?: number;
  readonly smallestPart?: number;
  readonly ignoresConditions?: boolean;
  /** Its own clock. */
  readonly now?: () => Date;
}

export async function startS3(settings: LabS3Settings): Promise<LabS3> {
  const { region = 'eu-west-1' } = settings;
  const buckets = new Map<string, Bucket>();
  const faults: ScriptedFault[] = [];
  const calls: Operation[] = [];
  const server = createServer((message, response) => {
    const { socket } = message;
    serve({ settings, region, buckets, faults, calls }, message, response).catch(() => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region,
    buckets,
    faults,
    calls,
    add(bucket) {
      const made = newBucket({ region, ...bucket });
      buckets.set(bucket.name, made);
      return made;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface World {
  readonly settings: LabS3Settings;
  readonly region: string;
  readonly buckets: Map<string, Bucket>;
  readonly faults: ScriptedFault[];
  readonly calls: Operation[];
}

async function serve(world: World, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { socket } = message;
  const head = askedBy(message, Buffer.alloc(0));
  const operation = operationOf(head);
  const fault = operation === undefined ? undefined : faultFor(world, operation);
  if (fault === 'reset') return void socket.destroy();
  const body = await bodyOf(message, fault === 'cut' && head.method === 'PUT');
  if (body === undefined) return void socket.destroy();
  if (operation !== undefined) world.calls.push(operation);
  if (fault === 'silent') return;
  const made = before(fault) ?? answerTo(world, { ...head, body }, operation, Object.keys(message.headers));
  if (fault === 'silent-after') return;
  if (fault === 'slow') await new Promise((done) => setTimeout(done, 30));
  if (fault === 'reset-after') return void socket.destroy();
  send(message, response, fault === 'error-after' ? errorAnswer(INTERNAL) : made, fault);
}

function faultFor({ faults }: World, operation: Operation): Fault | undefined {
  const at = faults.findIndex(({ on }) => on === operation);
  const found = faults[at];
  if (!found) return undefined;
  found.times -= 1;
  if (found.times <= 0) faults.splice(at, 1);
  return found.fault;
}

/** The whole body; undefined when the connection is to be cut in the middle of it. */
async function bodyOf(message: IncomingMessage, cut: boolean): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  for await (const piece of message) {
    pieces.push(piece as Buffer);
    if (cut) return undefined;
  }
  return cut ? undefined : Buffer.concat(pieces);
}

const INTERNAL = refusal(500, 'InternalError', 'We encountered an internal error. Please try again.');

function before(fault: Fault | undefined): Answer | undefined {
  if (fault === 'throttle') return errorAnswer(refusal(503, 'SlowDown', 'Please reduce your request rate.'));
  return fault === 'error' ? errorAnswer(INTERNAL) : undefined;
}

function answerTo(world: World, asked: Asked, operation: Operation | undefined, names: readonly string[]): Answer {
  const { settings, region } = world;
  try {
    const now = settings.now?.() ?? new Date();
    const user = signerOf(asked, settings.users, region, now);
    if (operation === undefined) throw refusal(501, 'NotImplemented', 'This is not spoken here.');
    const right = RIGHTS[operation] ?? `s3:${operation}`;
    if (user.allowed && !user.allowed.includes(right)) throw refusal(403, 'AccessDenied', `${right} is not allowed.`);
    const bucket = bucketOf(world, asked.bucket);
    const { page = 1000, ignoresConditions = false, smallestPart = 5 * 1024 * 1024 } = settings;
    return OPERATIONS[operation]({ asked, bucket, now, names, page, smallestPart, ignoresConditions });
  } catch (error) {
    if (error instanceof Refusal) return errorAnswer(error);
    throw error;
  }
}

/** Rights are not named as operations are. */
const RIGHTS: Partial<Record<Operation, string>> = {
  HeadObject: 's3:GetObject',
  ListObjectsV2: 's3:ListBucket',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
};

function bucketOf({ buckets, region }: World, name: string): Bucket {
  const bucket = buckets.get(name);
  if (!bucket) throw refusal(404, 'NoSuchBucket', 'The specified bucket does not exist.');
  if (bucket.region === region) return bucket;
  const there = { 'x-amz-bucket-region': bucket.region };
  throw refusal(301, 'PermanentRedirect', 'The bucket must be addressed using the specified endpoint.', '', there);
}

const errorAnswer = ({ status, code, message, more, headers }: Refusal): Answer => ({
  status,
  headers: { 'content-type': 'application/xml', ...headers },
  body: Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
  ),
});

/** HEAD has no body, so errors have none there either. */
function send(message: IncomingMessage, response: ServerResponse, answer: Answer, fault: Fault | undefined): void {
  const bare = message.method === 'HEAD';
  const { body } = answer;
  response.writeHead(answer.status, { ...(bare ? {} : { 'content-length': `${body.length}` }), ...answer.headers });
  if (bare) return void response.end();
  if (fault === 'cut') return void response.write(body.subarray(0, body.length / 2), () => message.socket.destroy());
  if (fault !== 'rotten' || body.length === 0) return void response.end(body);
  const rotten = Buffer.from(body);
  rotten.writeUInt8(rotten.readUInt8(body.length >> 1) ^ 1, body.length >> 1);
  response.end(rotten);
}
