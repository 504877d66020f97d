// The message for an unknown name, with a suggestion if one is near. Knows no name.

import { NameSet } from './name-set.ts';

/** Characters of a wrong name that a message shows. */
const shownCharactersMax = 60;

/** The kind of name, and what to say when there are no names at all. */
export interface NameWords {
  /** Singular, e.g. `profile`. Default: `name`. */
  readonly kind?: string;
  readonly none?: string;
}

/** `unknown KIND "NAME", did you mean NEAREST?`, or all names there are when none is near. */
export function unknownName(name: string, names: readonly string[], { kind = 'name', none }: NameWords = {}): string {
  const known = new NameSet(
    kind,
    names.map((one) => ({ name: one, takes: 'nothing', aliases: [] })),
  );
  const nearest = known.nearest(name);
  const all = names.length === 0 && none !== undefined ? none : `it may be ${names.join(', ')}`;
  const hint = nearest === undefined ? all : `did you mean ${nearest}?`;
  return `unknown ${kind} ${JSON.stringify(name.slice(0, shownCharactersMax))}, ${hint}`;
}
