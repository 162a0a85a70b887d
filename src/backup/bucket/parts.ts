import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { KnownError } from '../../model/errors.ts';
import { inOrder } from '../in-order.ts';
import { type Bucket, limited } from './client.ts';
import type { NewObject, Target } from './write-object.ts';

const AT_ONCE = 3;
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

interface Sending {
  readonly object: NewObject;
  readonly condition: { readonly IfNoneMatch?: string };
}

/** Sends a large object piece by piece. It is there, whole, from the last request on; before, there is nothing. */
export async function sendInParts(bucket: Bucket, target: Target, { object, condition }: Sending): Promise<void> {
  const upload = await begin(bucket, target);
  try {
    const parts: CompletedPart[] = [];
    const pieces = piecesOf(object.bytes, bucket.patience.partBytes);
    for await (const part of inOrder(pieces, AT_ONCE, (piece) => sendPart(bucket, upload, piece))) parts.push(part);
    const done = { ...upload, ...condition, MultipartUpload: { Parts: parts } };
    await bucket.client.send(new CompleteMultipartUploadCommand(done), limited(bucket));
  } catch (error) {
    // Where it may have been completed, there is nothing to take back, or the object itself is there.
    await bucket.client.send(new AbortMultipartUploadCommand(upload), limited(bucket)).catch(() => undefined);
    throw error;
  }
}

interface Upload {
  readonly Bucket: string | undefined;
  readonly Key: string | undefined;
  readonly UploadId: string;
}

async function begin(bucket: Bucket, target: Target): Promise<Upload> {
  const request = { ...target, ChecksumAlgorithm: 'CRC32' } as const;
  const { UploadId: id } = await bucket.client.send(new CreateMultipartUploadCommand(request), limited(bucket));
  if (id) return { Bucket: target.Bucket, Key: target.Key, UploadId: id };
  throw new KnownError(
    'TARGET_FAILED',
    `${bucket.place} begins an upload in parts and gives it no name`,
    'The store does not keep to the S3 protocol (CreateMultipartUpload). Use another one.',
  );
}

interface Piece {
  readonly number: number;
  readonly bytes: Uint8Array;
}

function piecesOf(bytes: Uint8Array, size: number): readonly Piece[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => ({
    number: at + 1,
    bytes: bytes.subarray(at * size, (at + 1) * size),
  }));
}

async function sendPart(bucket: Bucket, upload: Upload, { number, bytes }: Piece): Promise<CompletedPart> {
  const request = { ...upload, PartNumber: number, Body: bytes, ChecksumAlgorithm: 'CRC32' } as const;
  const sent = await bucket.client.send(new UploadPartCommand(request), limited(bucket));
  return {
    PartNumber: number,
    ETag: sent.ETag,
    ...(sent.ChecksumCRC32 === undefined ? {} : { ChecksumCRC32: sent.ChecksumCRC32 }),
  };
}

/** Uploads of processes that died a day ago or earlier cost money and are in no list: they go. That it fails is no reason to stop a backup. */
export async function abortAbandoned(bucket: Bucket): Promise<void> {
  const { client, site, clock } = bucket;
  const request = { Bucket: site.bucket, Prefix: bucket.name('') };
  const listed = await client.send(new ListMultipartUploadsCommand(request), limited(bucket)).catch(() => undefined);
  for (const { Key: key, UploadId: id, Initiated: begun } of listed?.Uploads ?? []) {
    if (!begun || clock.now().getTime() - begun.getTime() < ABANDONED_AFTER_MS) continue;
    const upload = { Bucket: site.bucket, Key: key, UploadId: id };
    await client.send(new AbortMultipartUploadCommand(upload), limited(bucket)).catch(() => undefined);
  }
}
