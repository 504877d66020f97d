// What docs/bodies.md says is what the decoders do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
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
    assert.ok(typed.length >= 8);
    for (const [, types, processor] of typed) {
      for (const type of quoted(types)) {
        assert.equal(processorOf([type]), quoted(processor)[0] ?? 'RAW', type);
      }
    }
  });

  it('names limits that exist, and every limit of decoders', () => {
    const named = [...text.matchAll(/`([a-z][A-Za-z]+(?:Max|Bytes))`/g)].map(([, name]) => name ?? '');
    assert.deepEqual(
      named.filter((name) => !(name in limitTable) && !(name in constantTable)),
      [],
    );
    const decoding = Object.keys(limits).filter((name) =>
      /^(json|xml|multipart|content|expansion|decode|zstd|sniff|protobuf)/.test(name),
    );
    assert.deepEqual(
      decoding.filter((name) => !named.includes(name)),
      [],
    );
  });

  it('says how many bytes are sniffed', () => {
    assert.ok(text.includes(`the first ${limits.sniffBytesMax} bytes decide`));
  });
});
