// `weir pack inspect`: the manifest and content of a pack. Checks only that it can be read.

import { Option } from 'commander';
import { filesOfPack } from '../../lint/lint-pack.ts';
import { formatIdRanges } from '../../pack/id-ranges.ts';
import { isPackArchive } from '../../pack/is-pack.ts';
import type { Manifest } from '../../pack/manifest.ts';
import { openPack, readEnvelope } from '../../pack/open-pack.ts';
import { commonExitCodes, defineCommand } from '../define-command.ts';

interface InspectOptions {
  readonly output: 'human' | 'json';
}

/** `weir pack inspect`. */
export const inspectCommand = defineCommand<InspectOptions>({
  name: 'pack inspect',
  summary: 'show manifest, settings, files and signatures of a pack',
  options: (command) =>
    command
      .argument('<pack>', 'folder or archive')
      .addOption(new Option('--output <format>', 'format').choices(['human', 'json']).default('human')),
  run: async ({ args: [given], options, printer }) => {
    const path = given as string;
    const { manifest, claim } = await openPack(path, { allowExpired: true });
    const files = [...(await filesOfPack(path))].map(([name, { length }]) => ({ name, bytes: length }));
    const keyIds = (isPackArchive(path) ? readEnvelope(path) : undefined)?.signatures.map(({ keyId }) => keyId) ?? [];
    const shown = { ...plain(manifest), digest: claim?.digest, keyIds, contents: files };
    printer.print(options.output === 'json' ? `${JSON.stringify(shown, undefined, 2)}\n` : lines(shown));
    return commonExitCodes.done;
  },
  exitCodeOf: ({ code }) => (code === 'config.invalid' ? commonExitCodes.usage : commonExitCodes.failed),
});

/** The manifest as plain values, with ranges as written. */
function plain({ ids, maturity, profile, ...manifest }: Manifest): Readonly<Record<string, unknown>> {
  const entries = Object.entries(manifest).map(([key, value]) => [
    key,
    value instanceof Map ? Object.fromEntries(value) : (value as unknown),
  ]);
  return {
    ...(Object.fromEntries(entries) as Record<string, unknown>),
    profile: Object.fromEntries(profile.map(({ path: keys, value }) => [keys.join('.'), value])),
    ids: ids && formatIdRanges(ids),
    maturity: maturity && Object.fromEntries([...maturity].map(([level, ranges]) => [level, formatIdRanges(ranges)])),
  };
}

function lines(shown: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(shown).flatMap(([key, value]): readonly string[] => {
    if (value === undefined) return [];
    if (typeof value !== 'object' || value === null) return [`${key}: ${printable(value)}`];
    const members = Object.entries(value);
    if (members.length === 0) return [];
    const isList = Array.isArray(value);
    return [`${key}:`, ...members.map(([name, one]) => `  ${isList ? '' : `${printable(name)}: `}${printable(one)}`)];
  });
  return `${rows.join('\n')}\n`;
}

/** Removes terminal control characters from text by third parties. */
function printable(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? Object.values(value).join('  ') : String(value);
  return text.replace(/\p{C}/gu, (control) => `\\u{${control.codePointAt(0)?.toString(16)}}`);
}
