// The modes and settings that a configuration gives to packs, checked as far as possible without opening the packs. Whether a
// pack has a setting is known only when it is opened.

import { Range } from 'semver';
import * as z from 'zod';
import { WafError } from '../base/errors.ts';
import { isPackName } from '../pack/manifest.ts';
import { type GivenSetting, type PackUse, parsePackMode } from '../pack/pack-use.ts';
import { anyMapping, described, flag, list, mapping, noted, parsedText, text, wholeNumber } from './schema-parts.ts';
import type { ValuePath, YamlSource } from './yaml-source.ts';

const packName = (): z.ZodString =>
  parsedText((name) => {
    if (!isPackName(name)) throw new WafError('config.invalid', `"${name.slice(0, 60)}" is not a pack name`);
  });

const versions = (): z.ZodString =>
  parsedText((range) => {
    try {
      if (range.length <= 200) return new Range(range);
    } catch {
      // Reported below.
    }
    throw new WafError('config.invalid', `"${range.slice(0, 60)}" is not a version range such as 1.2.3 or "^1.2.0"`);
  });

const mode = (): z.ZodString =>
  parsedText((written) => {
    if (parsePackMode(written) !== undefined) return;
    throw new WafError('config.invalid', `"${written.slice(0, 60)}" is not one of block, detect and "shadow N %"`);
  });

const settingValue = z.union([z.string({ error: 'a text' }), wholeNumber(), flag(), list(text())], {
  error: 'a text, a whole number from 0 up, true or false, or a list of texts',
});

/** One entry of `packs`. */
export const packUseSchema = mapping({
  name: described(packName(), { description: 'name of a pack among the rules' }),
  version: noted(versions(), {
    description:
      "versions that the entry applies to, a range in npm's syntax; a version that no entry of its pack covers is not loaded",
    defaultText: 'all',
  }),
  mode: noted(mode(), {
    description:
      '`block`: its rules act; `detect`: they only report; `"shadow N %"`: they report in N percent of exchanges and do not run in the others',
    defaultText: 'block',
  }),
  settings: noted(anyMapping(settingValue), {
    description: 'values of its settings by name; `weir pack inspect` lists them',
    defaultText: 'the defaults of the pack',
  }),
});

/** The entries at a path of the file, each setting with its place. */
export function packUsesOf(
  entries: readonly z.infer<typeof packUseSchema>[],
  at: ValuePath,
  source: YamlSource,
): readonly PackUse[] {
  return entries.map(({ name, version, mode: written, settings = {} }, index) => {
    const parsed = written === undefined ? undefined : parsePackMode(written);
    const given = Object.entries(settings).map(([key, value]): readonly [string, GivenSetting] => [
      key,
      {
        value,
        location: source.locationOf([...at, index, 'settings', key]),
        keyLocation: source.keyLocationOf([...at, index, 'settings', key]),
      },
    ]);
    return {
      name,
      ...(version === undefined ? {} : { version }),
      ...(parsed === undefined ? {} : { mode: parsed }),
      settings: Object.fromEntries(given),
      location: source.locationOf([...at, index]),
    };
  });
}
