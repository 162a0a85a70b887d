import { KnownError } from '../model/errors.ts';

/** What a person is told of an object that cannot be trusted. Nothing of it may have been given out. */
export function damaged(key: string, why: string, cause?: unknown): KnownError {
  return new KnownError(
    'OBJECT_DAMAGED',
    `${key} ${why}`,
    'Nothing was taken from it. Restore from another backup, or bring the object back from another copy of the repository.',
    cause,
  );
}

export function objectExists(key: string, place: string): KnownError {
  return new KnownError(
    'TARGET_NOT_EMPTY',
    `${key} already exists in ${place}; it was not overwritten`,
    'Objects of a repository are never written twice. Check that no second Lifeboat writes the same backup.',
  );
}

export function newerFormat(key: string, format: number): KnownError {
  return new KnownError(
    'TARGET_FAILED',
    `${key} is of format ${format}; this Lifeboat reads format 1`,
    'Use the newer Lifeboat that wrote it, or a later one.',
  );
}

export function repositoryMissing(place: string): KnownError {
  const bucket = place.startsWith('s3://');
  return new KnownError(
    'REPOSITORY_MISSING',
    `there is no backup repository in ${place}`,
    bucket
      ? `Check bucket, prefix and endpoint. A new repository is made by: lifeboat init --repository '${place}'`
      : `Check the path and that the disk is mounted. A new repository is made by: lifeboat init --repository ${place}`,
  );
}
