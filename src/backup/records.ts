import { z } from 'zod';
import type { BackupManifest, VerificationRecord } from '../model/repository.ts';
import { readChecked } from './checked-json.ts';
import { damaged } from './errors.ts';
import { backupPrefix } from './keys.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Size = z.number().int().min(0);
const Time = z.iso.datetime();

const Manifest = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  component: z.string(),
  method: z.enum(['postgres.base_backup', 'postgres.dump', 'postgres.salvage']),
  startedAt: Time,
  finishedAt: Time,
  key: z.string().optional(),
  facts: z.record(z.string(), z.json()),
  parts: z.array(
    z.strictObject({
      name: z.string(),
      plainBytes: Size,
      objects: z.array(
        z.strictObject({ key: z.string(), bytes: Size, sha256: Sha256, plainBytes: Size, plainSha256: Sha256 }),
      ),
    }),
  ),
});

const Verification = z.strictObject({
  backup: z.string(),
  component: z.string(),
  at: Time,
  held: z.boolean(),
  proofs: z.array(z.strictObject({ claim: z.string(), held: z.boolean(), observed: z.string() })),
  key: z.string().optional(),
  point: z.string().optional(),
  not_looked_at: z.array(z.strictObject({ claim: z.string(), why: z.string() })).optional(),
});

const Repository = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  createdAt: Time,
  recipients: z.array(z.string()),
});

/** What stands in `lifeboat-repository.json`. */
export type RepositoryRecord = z.infer<typeof Repository>;

export const readRepositoryRecord = (bytes: Buffer, key: string): RepositoryRecord =>
  readChecked(bytes, key, Repository);

/** A manifest, if it is whole and speaks of the folder it stands in and of nothing else. */
export function readManifest(bytes: Buffer, key: string): BackupManifest {
  // JSON has no `undefined`, so what the schema calls optional is absent.
  const manifest = readChecked(bytes, key, Manifest) as BackupManifest;
  const folder = backupPrefix(manifest.component, manifest.id);
  if (key !== `${folder}manifest.json`) throw damaged(key, `is the manifest of ${folder}`);
  for (const part of manifest.parts) {
    const size = part.objects.reduce((sum, object) => sum + object.plainBytes, 0);
    const inside = part.objects.every((object) => object.key.startsWith(folder));
    if (size !== part.plainBytes || !inside) throw damaged(key, `contradicts itself about ${part.name}`);
  }
  return manifest;
}

export const readVerification = (bytes: Buffer, key: string): VerificationRecord =>
  // As above: absent is absent.
  readChecked(bytes, key, Verification) as VerificationRecord;
