// Settings that a pack documents: TX variables that its user can set. Their types, and their format for `setvar`. Knows no pack
// and no file.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { isPlainValue } from '../seclang/statement-builder.ts';
import type { ConfigNode } from '../yaml/config-node.ts';

/** Types of settings. */
const settingTypes = ['number', 'flag', 'text', 'list'] as const;

/** A value as written in a file. */
export type SettingValue = string | number | boolean | readonly string[];

/** One setting. */
export interface PackSetting {
  /** Name of a TX variable, in lower case. */
  readonly name: string;
  readonly type: (typeof settingTypes)[number];
  /** As `setvar` sets it. */
  readonly default: string;
  /** What it does, one sentence. */
  readonly what: string;
}

const kinds = {
  number: 'a whole number from 0 up',
  flag: 'true or false',
  text: 'a text',
  list: 'a list of texts without blanks in them',
} as const;

/**
 * A value as `setvar` sets it: true as 1 and false as 0, the entries of a list separated by blanks.
 * @throws WafError `config.invalid` with a sentence, for a value of another type and for one that `setvar` would interpret.
 */
export function settingText({ name, type }: Pick<PackSetting, 'name' | 'type'>, value: SettingValue): string {
  const text = textOf(type, value);
  if (text === undefined) {
    const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 60);
    throw new WafError('config.invalid', `${name} must be ${kinds[type]}, got ${shown}`);
  }
  if (isPlainValue(text)) return text;
  throw new WafError(
    'config.invalid',
    `${name} must not begin with + or -, nor contain quotes, \\, %{ or a control character`,
  );
}

function textOf(type: PackSetting['type'], value: SettingValue): string | undefined {
  switch (type) {
    case 'number':
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
    case 'flag':
      return typeof value === 'boolean' ? String(Number(value)) : undefined;
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'list':
      return typeof value === 'object' && value.every((entry) => /^\S+$/.test(entry)) ? value.join(' ') : undefined;
  }
}

const keys = ['name', 'type', 'default', 'what'];

/** The settings of a manifest; problems are recorded with their places. */
export function readSettings(value: ConfigNode): readonly PackSetting[] {
  const names = new Set<string>();
  const entries = value.entries();
  if (entries.length > constants.packSettingsMax) {
    value.refuse(`it has more than ${constants.packSettingsMax} settings`);
    return [];
  }
  return entries.flatMap((entry) => {
    const members = entry.members(keys);
    for (const key of keys) if (!members.has(key)) entry.refuse(`a setting must have "${key}"`);
    const name = members.get('name')?.text();
    const type = members.get('type')?.choice(settingTypes);
    const what = members.get('what')?.text();
    if (name !== undefined && !/^[a-z][a-z0-9_-]{0,63}$/.test(name)) {
      entry.refuse(
        `${JSON.stringify(name.slice(0, 60))} is not a setting name: lower-case letters, digits, "_" and "-"`,
      );
    } else if (name !== undefined && names.has(name)) entry.refuse(`there is already a setting "${name}"`);
    const preset = members.get('default');
    if (name === undefined || type === undefined || preset === undefined || what === undefined) return [];
    names.add(name);
    const given = readDefault(type, preset);
    if (given === undefined) return [];
    try {
      return [{ name, type, default: settingText({ name: 'default', type }, given), what }];
    } catch (thrown) {
      preset.refuse((thrown as WafError).message);
      return [];
    }
  });
}

/** The value for a type; undefined: a value of another type, which is recorded as a problem. */
function readDefault(type: PackSetting['type'], node: ConfigNode): SettingValue | undefined {
  switch (type) {
    case 'number': {
      const written = node.written();
      if (written === undefined) return undefined;
      return /^\d{1,15}$/.test(written) ? Number(written) : written;
    }
    case 'flag':
      return node.flag();
    case 'text':
      return node.anyText();
    case 'list':
      return node.isEmpty ? [] : node.entries().flatMap((entry) => entry.text() ?? []);
  }
}
