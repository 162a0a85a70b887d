/**
 * A map that is never changed: `withEntry` gives a new one that shares everything with the old one, at the price of one entry.
 *
 * The version that was used last holds all entries, and each other one how it differs from its neighbour. Reading a version moves
 * the entries there, so going forth through versions costs nothing, and jumping between far ones costs their distance.
 */
class VersionedMap<K, V> implements ReadonlyMap<K, V> {
  #entries: Map<K, V> | undefined;
  #difference: Difference<K, V> | undefined;

  constructor(entries: Map<K, V>) {
    this.#entries = entries;
  }

  with(key: K, value: V): VersionedMap<K, V> {
    const next = new VersionedMap(this.#here());
    next.#replace({ key, after: { value }, neighbour: this });
    return next;
  }

  /** The keys in which it may differ from another version; undefined when the other is no version of the same map. */
  differsFrom(other: VersionedMap<K, V>): ReadonlySet<K> | undefined {
    this.#here();
    const keys = new Set<K>();
    let at = other;
    for (let next = at.#difference; next; next = at.#difference) {
      keys.add(next.key);
      at = next.neighbour;
    }
    return at === this ? keys : undefined;
  }

  /** Moves all entries to this version. Without recursion: it may be thousands of versions away. */
  #here(): Map<K, V> {
    const way: VersionedMap<K, V>[] = [];
    let at: VersionedMap<K, V> = this;
    for (let next = at.#difference; next; next = at.#difference) {
      way.push(at);
      at = next.neighbour;
    }
    for (const version of way.reverse()) version.#replace(version.#difference as Difference<K, V>);
    return this.#entries as Map<K, V>;
  }

  /** Takes the entries over from the neighbour, which keeps how it differs. */
  #replace({ key, after, neighbour }: Difference<K, V>): void {
    const entries = neighbour.#entries as Map<K, V>;
    const before = entries.has(key) ? { value: entries.get(key) as V } : undefined;
    if (after) entries.set(key, after.value);
    else entries.delete(key);
    neighbour.#entries = undefined;
    neighbour.#difference = { key, after: before, neighbour: this };
    this.#entries = entries;
    this.#difference = undefined;
  }

  get size(): number {
    return this.#here().size;
  }
  get(key: K): V | undefined {
    return this.#here().get(key);
  }
  has(key: K): boolean {
    return this.#here().has(key);
  }
  // Copied, because whoever goes through one version may make another one meanwhile.
  entries(): MapIterator<[K, V]> {
    return [...this.#here()].values();
  }
  keys(): MapIterator<K> {
    return [...this.#here().keys()].values();
  }
  values(): MapIterator<V> {
    return [...this.#here().values()].values();
  }
  forEach(work: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) work(value, key, this);
  }
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}

/** What to do with the entries of the neighbour: set a value, or take the key out. */
interface Difference<K, V> {
  readonly key: K;
  readonly after: { readonly value: V } | undefined;
  readonly neighbour: VersionedMap<K, V>;
}

/** The map with one entry more, or another one; the map itself stays as it is. A map of many versions shares what is the same. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  const versioned = map instanceof VersionedMap ? (map as VersionedMap<K, V>) : new VersionedMap(new Map(map));
  return versioned.with(key, value);
}

/** The keys whose values may differ between two versions of a map; undefined when they are not versions of one map. */
export function differingKeys<K, V>(map: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): ReadonlySet<K> | undefined {
  if (map === other) return new Set();
  if (!(map instanceof VersionedMap && other instanceof VersionedMap)) return undefined;
  return (map as VersionedMap<K, V>).differsFrom(other);
}
