// Ranges of rule ids in the manifest's format: `1000-1999`, or a single id. Knows no rule.

/** Ids from `first` to `last`, inclusive. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** A range from `1000-1999` or `1000`; undefined for anything else, and for a range that ends before it begins. */
export function parseIdRange(text: string): IdRange | undefined {
  const [, from, to] = /^(\d{1,15})(?:\s*-\s*(\d{1,15}))?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const range = { first: Number(from), last: Number(to ?? from) };
  return range.first <= range.last ? range : undefined;
}

/** Whether an id is in one of the ranges. */
export function isInRanges(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ first, last }) => first <= id && id <= last);
}

/** The ranges in the manifest's format. */
export function formatIdRanges(ranges: readonly IdRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** The first two ranges that overlap, of different lists or of one. */
export function findOverlap(ranges: readonly IdRange[]): readonly [IdRange, IdRange] | undefined {
  const sorted = ranges.toSorted((a, b) => a.first - b.first);
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && next.first <= range.last) return [range, next];
  }
  return undefined;
}
