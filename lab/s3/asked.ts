import type { IncomingMessage } from 'node:http';

/** One request, read whole. */
export interface Asked {
  readonly method: string;
  /** As it was sent, still encoded: signatures are made over it. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
  header(name: string): string | undefined;
}

export type Operation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'ListObjectsV2'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'
  | 'PutBucketVersioning';

export function askedBy(message: IncomingMessage, body: Buffer): Asked {
  const [path = '/', search = ''] = (message.url ?? '/').split('?');
  const [bucket = '', ...key] = decodeURIComponent(path.slice(1)).split('/');
  return {
    method: message.method ?? 'GET',
    path,
    query: new Map(new URLSearchParams(search)),
    bucket,
    key: key.join('/'),
    body,
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    },
  };
}

/** Which of the operations that are spoken here is meant; undefined for all others. */
export function operationOf({ method, key, query }: Pick<Asked, 'method' | 'key' | 'query'>): Operation | undefined {
  if (key === '') {
    if (method === 'GET' && query.get('list-type') === '2') return 'ListObjectsV2';
    if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads';
    return method === 'PUT' && query.has('versioning') ? 'PutBucketVersioning' : undefined;
  }
  if (query.has('uploadId')) return OF_UPLOADS[method];
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : undefined;
  return OF_OBJECTS[method];
}

const OF_UPLOADS: Readonly<Record<string, Operation>> = {
  PUT: 'UploadPart',
  POST: 'CompleteMultipartUpload',
  DELETE: 'AbortMultipartUpload',
};

const OF_OBJECTS: Readonly<Record<string, Operation>> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};
