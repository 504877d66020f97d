// docs/bodies.md agrees with the decoders.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constantTable } from '../../src/base/constants.ts';
import { limits, limitTable } from '../../src/base/limits.ts';
import { processorOf } from '../../src/body/select.ts';

const text = readFileSync(new URL('../../docs/bodies.md', import.meta.url), 'utf8');

/** Cells of all table rows. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const quoted = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

describe('docs/bodies.md', () => {
  it('names the processor of each media type', () => {
    const typed = rows.filter(([, types]) => types?.includes('/'));
    expect(typed.length).toBeGreaterThanOrEqual(8);
    for (const [, types, processor] of typed) {
      for (const type of quoted(types)) {
        expect(processorOf([type]), type).toBe(quoted(processor)[0] ?? 'RAW');
      }
    }
  });

  it('names limits that exist, and every limit of decoders', () => {
    const named = [...text.matchAll(/`([a-z][A-Za-z]+(?:Max|Bytes))`/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !(name in limitTable) && !(name in constantTable))).toStrictEqual([]);
    const decoding = Object.keys(limits).filter((name) =>
      /^(json|xml|multipart|content|expansion|decode|zstd|sniff|protobuf)/.test(name),
    );
    expect(decoding.filter((name) => !named.includes(name))).toStrictEqual([]);
  });

  it('states how many bytes are sniffed', () => {
    expect(text.includes(`the first ${limits.sniffBytesMax} bytes decide`)).toBe(true);
  });
});
