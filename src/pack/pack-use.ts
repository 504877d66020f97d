// How the user runs a pack: its mode and the values of its settings. Entries apply to a name and a version range; the first entry
// that matches and has a value applies. Knows no rule and no file.

import { unknownName } from '../base/unknown-name.ts';
import type { Location } from '../seclang/ast.ts';
import type { Manifest } from './manifest.ts';
import { type SettingValue, settingText } from './pack-setting.ts';
import { isInRange } from './version-range.ts';

/**
 * `block`: its rules act. `detect`: they only report. `shadow`: they report in a share of exchanges and do not run in the others.
 */
export type PackMode =
  | { readonly kind: 'block' | 'detect' }
  | {
      readonly kind: 'shadow';
      /** Above 0, at most 100. */
      readonly percent: number;
    };

/** A setting in an entry, with its location. */
export interface GivenSetting {
  readonly value: SettingValue;
  readonly location: Location;
  readonly keyLocation: Location;
}

/** One entry. */
export interface PackUse {
  /** Name of the pack. */
  readonly name: string;
  /** Version range that it applies to, in npm's syntax; absent: all. */
  readonly version?: string;
  readonly mode?: PackMode;
  readonly settings: Readonly<Record<string, GivenSetting>>;
  readonly location: Location;
  /** It was set for several profiles, so this profile need not contain the pack. */
  readonly isInherited?: true;
}

/** The mode and settings of one pack. */
export interface PackState {
  readonly mode: PackMode;
  /** Values that the user sets, as `setvar` sets them. */
  readonly settings: ReadonlyMap<string, string>;
  /** Defaults of the others. */
  readonly defaults: ReadonlyMap<string, string>;
}

/** Parses a mode as written in a file; undefined for anything else. */
export function parsePackMode(text: string): PackMode | undefined {
  if (text === 'block' || text === 'detect') return { kind: text };
  const percent = Number(/^shadow (\d{1,3}(?:\.\d{1,2})?) ?%$/.exec(text)?.[1] ?? 0);
  return percent > 0 && percent <= 100 ? { kind: 'shadow', percent } : undefined;
}

/** The mode as written in a file. */
export function formatPackMode(mode: PackMode): string {
  return mode.kind === 'shadow' ? `shadow ${mode.percent} %` : mode.kind;
}

/** A sentence preceded by its location. */
const at = ({ file, line, column }: Location, sentence: string): string => `${file}:${line}:${column}: ${sentence}`;

/**
 * The state of a pack according to the entries. Problems go to `problems`, each with its location: a setting that the pack does
 * not have, or of the wrong type; entries for the pack of which none covers this version.
 */
export function stateOf(manifest: Manifest, uses: readonly PackUse[], problems: string[]): PackState {
  const named = uses.filter(({ name }) => name === manifest.name);
  const fitting = named.filter(({ version }) => version === undefined || fits(manifest.version, version));
  const [first] = named;
  if (first !== undefined && fitting.length === 0) {
    const versions = named.map(({ version }) => version).join(', ');
    const shown = manifest.version ?? 'no version';
    problems.push(at(first.location, `${first.name} is loaded with ${shown}, but its entries cover ${versions}`));
  }
  const mode = fitting.find((use) => use.mode !== undefined)?.mode ?? { kind: 'block' };
  const settings = new Map<string, string>();
  for (const use of fitting.toReversed()) {
    for (const [name, { value, location, keyLocation }] of Object.entries(use.settings)) {
      const setting = manifest.settings.find((one) => one.name === name);
      if (setting === undefined) {
        problems.push(
          at(
            keyLocation,
            unknownName(
              name,
              manifest.settings.map((one) => one.name),
              { kind: 'setting', none: `${use.name} has no setting` },
            ),
          ),
        );
        continue;
      }
      try {
        settings.set(name, settingText(setting, value));
      } catch (thrown) {
        problems.push(at(location, (thrown as Error).message));
      }
    }
  }
  const others = manifest.settings.filter((setting) => !settings.has(setting.name));
  return { mode, settings, defaults: new Map(others.map((setting) => [setting.name, setting.default])) };
}

const fits = (version: string | undefined, range: string): boolean =>
  version !== undefined && isInRange(version, range);

/** Problems of entries for packs that are not loaded. */
export function unusedUses(uses: readonly PackUse[], names: readonly string[]): readonly string[] {
  return uses
    .filter(({ name, isInherited }) => isInherited !== true && !names.includes(name))
    .map(({ name, location }) =>
      at(location, unknownName(name, names, { kind: 'pack', none: 'no named pack is loaded' })),
    );
}
