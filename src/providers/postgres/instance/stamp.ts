/** First file in a data folder that we fill, last one removed: the folder's own word that its contents are a half-done restore of ours. */
export const STAMP = 'lifeboat-restore-under-way';
