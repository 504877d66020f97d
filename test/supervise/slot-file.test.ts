import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWorkSlot, WorkSlot } from '../../src/ext-proc/work-slot.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { SlotFile } from '../../src/supervise/slot-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-slot-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('SlotFile', () => {
  it('shows what another wrote into the memory, and leaves no file', () => {
    const file = SlotFile.open([join(folder, 'none'), folder]);
    expect.assert(file !== undefined);
    expect(readdirSync(folder)).toStrictEqual([]);
    const slot = new WorkSlot(nativeAddon().mapFile(file.descriptor));
    slot.enter({ part: 'request-head', generation: 3, text: 'text', message: Buffer.from('message') });
    expect(readWorkSlot(file.read()).work).toMatchObject({ part: 'request-head', generation: 3, text: 'text' });
    file.clear();
    expect(readWorkSlot(file.read())).toStrictEqual({ isLoading: false, work: undefined });
    file.close();
  });

  it('is undefined if there is no folder', () => {
    expect(SlotFile.open([join(folder, 'none')])).toBe(undefined);
  });
});
