// `profile` of a manifest: defaults of a pack for the profile that uses it. Reads and checks each value by itself; which ones
// apply is decided when profiles are combined.

import { foldAscii } from '../base/bytes.ts';
import type { WafError } from '../base/errors.ts';
import { failureActions, failureCauses } from '../base/failure-table.ts';
import { type Limits, limitsWith, limitTable } from '../base/limits.ts';
import { processLimits } from '../base/process-limits.ts';
import type { ProfileDefault } from '../base/profile-default.ts';
import type { ConfigNode } from '../yaml/config-node.ts';

/** A default without the pack it belongs to. */
export type StatedDefault = Omit<ProfileDefault, 'pack'>;

type Reader = (value: ConfigNode) => readonly StatedDefault[];

const limitNames = Object.keys(limitTable) as readonly (keyof Limits)[];

/** `off` is not allowed: no pack can switch off all others. */
const readers: Readonly<Record<string, Reader>> = {
  mode: (node) => stated(['mode'], node, node.choice(['detect', 'block'])),
  limits: readLimits,
  onFailure: (node) =>
    [...node.members(failureCauses)].flatMap(([cause, action]) =>
      stated(['onFailure', cause], action, action.choice(failureActions)),
    ),
  responses: (node) =>
    [...node.members(['inspect', 'mediaTypes'])].flatMap(([key, value]) =>
      stated(['responses', key], value, key === 'inspect' ? value.flag() : mediaTypesOf(value)),
    ),
};

/** The defaults of a manifest, in order; problems are recorded with their places. */
export function readProfile(value: ConfigNode): readonly StatedDefault[] {
  return [...value.members(Object.keys(readers))].flatMap(([key, member]) => readers[key]?.(member) ?? []);
}

/** A default in a sentence, `limits.jsonDepthMax 20`. */
export function formatDefault({ path, value }: Pick<ProfileDefault, 'path' | 'value'>): string {
  return `${path.join('.')} ${typeof value === 'object' ? value.join(' ') : value}`;
}

function stated(
  path: readonly string[],
  { place }: ConfigNode,
  value: ProfileDefault['value'] | undefined,
): readonly StatedDefault[] {
  return value === undefined ? [] : [{ path, value, place }];
}

function readLimits(node: ConfigNode): readonly StatedDefault[] {
  const found = [...node.members(limitNames)].flatMap(([name, value]): readonly StatedDefault[] => {
    if (!processLimits.some((one) => one === name)) return stated(['limits', name], value, value.positiveNumber());
    value.refuse(`${name} is a limit of the whole process: a pack cannot set it`);
    return [];
  });
  try {
    limitsWith(Object.fromEntries(found.map(({ path, value }) => [path[1], Number(value)])));
  } catch (thrown) {
    node.refuse((thrown as WafError).message);
  }
  return found;
}

function mediaTypesOf(node: ConfigNode): readonly string[] {
  return node.entries().flatMap((entry) => {
    const text = entry.text();
    return text === undefined ? [] : [foldAscii(text)];
  });
}
