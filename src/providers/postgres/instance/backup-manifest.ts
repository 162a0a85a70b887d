import { createHash } from 'node:crypto';
import { z } from 'zod';
import { KnownError } from '../../../model/errors.ts';

/** A file of a base backup as PostgreSQL itself listed it. */
export interface ListedFile {
  readonly size: number;
  readonly sha256: string;
}

const Manifest = z.object({
  Files: z.array(
    z.object({
      Path: z.string().optional(),
      'Encoded-Path': z.string().optional(),
      Size: z.number(),
      'Checksum-Algorithm': z.string().optional(),
      Checksum: z.string().optional(),
    }),
  ),
  'Manifest-Checksum': z.string(),
});

/** The files that `backup_manifest` lists, by path. Throws OBJECT_DAMAGED when the list itself was altered or cut. */
export function parseBackupManifest(bytes: Buffer, backup: string): ReadonlyMap<string, ListedFile> {
  const manifest = parse(bytes, backup);
  // PostgreSQL's own checksum covers everything before the line it stands in.
  const lastLine = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  const sum = createHash('sha256').update(bytes.subarray(0, lastLine)).digest('hex');
  if (sum !== manifest['Manifest-Checksum']) throw damaged(backup, 'its checksum is wrong');
  return new Map(manifest.Files.map((file) => [pathOf(file), listed(file, backup)]));
}

function parse(bytes: Buffer, backup: string): z.infer<typeof Manifest> {
  try {
    return Manifest.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw damaged(backup, 'it cannot be read', cause);
  }
}

type RawFile = z.infer<typeof Manifest>['Files'][number];

const pathOf = (file: RawFile): string => file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString('utf8');

function listed(file: RawFile, backup: string): ListedFile {
  if (file['Checksum-Algorithm'] !== 'SHA256' || file.Checksum === undefined)
    throw damaged(backup, `${pathOf(file)} has no SHA256 checksum`);
  return { size: file.Size, sha256: file.Checksum };
}

const damaged = (backup: string, why: string, cause?: unknown): KnownError =>
  new KnownError(
    'OBJECT_DAMAGED',
    `the list of files of the backup ${backup} (backup_manifest) is damaged: ${why}`,
    'Restore from another backup.',
    cause,
  );
