// Settings that a pack makes for the profiles that use it, unless the user sets them. Types only.

/** One value, by its path in a profile of the configuration. */
export interface ProfileDefault {
  /** Such as `limits`, `jsonDepthMax`. */
  readonly path: readonly string[];
  readonly value: string | number | boolean | readonly string[];
  /** `FILE:LINE:COLUMN`. */
  readonly place: string;
  /** Name and version of the pack. */
  readonly pack: string;
}
