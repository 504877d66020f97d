// The native addon's interface: its results, and that misuse does no more than throw.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { WafError } from '../../src/base/errors.ts';
import {
  fieldWords,
  hitFlagOverflow,
  hitHeaderWords,
  hitWords,
  type NativePattern,
  nativeAbiVersion,
  nativeAddon,
  type ScanProgramSource,
  type SetSource,
} from '../../src/matching/native.ts';
import { regex } from '../support/matching.ts';

const native = nativeAddon();
const sources = join(import.meta.dirname, '..', '..', 'src');
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function throwsCode(code: string, action: () => unknown, message?: RegExp): void {
  expect(action).toThrow(
    expect.toSatisfy((error) => {
      expect.assert(error instanceof WafError, `not a WafError: ${error}`);
      expect(error.code, error.message).toBe(code);
      if (message !== undefined) expect(error.message).toMatch(message);
      return true;
    }),
  );
}

describe('nativeAddon', () => {
  it('has the contract version and names its library', () => {
    expect(native.abiVersion).toBe(nativeAbiVersion);
    expect(native.libraryVersion()).toMatch(/^libhs \d+\.\d+/);
  });

  it('reports that it was not built', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-unbuilt-'));
    for (const room of ['base', 'matching'])
      cpSync(join(sources, room), join(folder, 'src', room), { recursive: true });
    const script = `import('./src/matching/native.ts').then(({ nativeAddon }) => nativeAddon()).catch((error) => {
      console.log(error.code, error.message);
    })`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(run.stdout).toMatch(/^native.missing the native matcher does not load .*npm run setup/);
    expect(run.stdout.split(' ')[0], run.stderr).toBe('native.missing');
  });

  it('knows the transformations of SecLang', () => {
    const names = native.transformNames();
    for (const name of ['lowercase', 'urlDecodeUni', 'htmlEntityDecode', 'normalizePath', 'cmdLine']) {
      expect(names.includes(name), name).toBe(true);
    }
  });

  it('has the window size of limits.ts', () => {
    expect(constants.confirmWindowBytesMax).toBe(8 * 1024);
  });
});

describe('compilePatternSet', () => {
  it('names the pattern that does not compile, and leaves nothing behind', () => {
    const before = native.openHandles().patternSets;
    throwsCode(
      'pattern.compile',
      () => native.compilePatternSet([regex(1, 'ok'), regex(2, 'a(')]),
      /^pattern 1: .*\(|group/,
    );
    throwsCode(
      'pattern.compile',
      () => native.compilePatternSet([regex(1, 'a', { engine: 're2', re2Source: '[' })]),
      /^pattern 0: /,
    );
    expect(native.openHandles().patternSets).toBe(before);
  });

  it('refuses what is not a pattern', () => {
    const wrong: readonly unknown[] = [
      undefined,
      'x',
      {},
      [1],
      [null],
      [{}],
      [{ ...regex(1, 'a'), id: -1 }],
      [{ ...regex(1, 'a'), id: 1.5 }],
      [{ ...regex(1, 'a'), id: Number.NaN }],
      [{ ...regex(1, 'a'), engine: 'pcre' }],
      [{ ...regex(1, 'a'), kind: 'glob' }],
      [{ ...regex(1, 'a'), caseless: 1 }],
      [{ ...regex(1, 'a'), source: 7 }],
      [{ ...regex(1, 'a'), source: 'snowman \u2603' }],
      [{ ...regex(1, 'a'), longestMatchBytes: -1 }],
      [{ ...regex(1, 'a'), required: [new Uint8Array(31)] }],
      [{ ...regex(1, 'a'), required: [new Uint16Array(32)] }],
      [{ ...regex(1, 'a'), required: 'x' }],
    ];
    for (const patterns of wrong) {
      throwsCode('native.argument', () => native.compilePatternSet(patterns as NativePattern[]));
    }
    throwsCode('native.argument', () => native.compilePatternSet([], 7 as unknown as string));
    throwsCode('native.argument', () => native.compilePatternSet([], undefined, 'all' as 'any'));
    throwsCode('native.limit', () => native.compilePatternSet(new Array<NativePattern>(65_537).fill(regex(1, 'a'))));
  });

  it('refuses to load what is not a list of sources', () => {
    const source: SetSource = { patterns: [regex(1, 'a')], use: 'any' };
    const before = native.openHandles().patternSets;
    for (const sources of [
      undefined,
      'x',
      [1],
      [{}],
      [{ ...source, use: 'all' }],
      [source, { ...source, patterns: 1 }],
    ]) {
      throwsCode('native.argument', () => native.loadPatternSets(sources as SetSource[], '/nowhere'));
    }
    throwsCode('native.argument', () => native.loadPatternSets([source], undefined as unknown as string));
    throwsCode('native.limit', () => native.loadPatternSets(new Array<SetSource>(4_097).fill(source), '/nowhere'));
    expect(native.loadPatternSets([source, source], '/nowhere')).toStrictEqual([undefined, undefined]);
    expect(native.openHandles().patternSets).toBe(before);
  });

  it('passes on what a getter throws', () => {
    const trap = Object.defineProperty({}, 'id', {
      get: () => {
        throw new RangeError('trap');
      },
    });
    expect(() => native.compilePatternSet([trap as NativePattern])).toThrow(RangeError);
  });

  it('reports what it made', () => {
    const set = native.compilePatternSet([regex(1, 'a+b'), regex(2, 'c', { engine: 're2' })]);
    const report = native.patternSetReport(set);
    expect(report.patternCount).toBe(2);
    expect(report.re2PatternCount).toBe(1);
    expect(report.databaseBytes > 0 && report.streamBytes > 0 && !report.fromCache).toBe(true);
    native.releasePatternSet(set);
  });
});

describe('handles', () => {
  it('are counted, never reused, and closed ones throw', () => {
    const set = native.compilePatternSet([regex(1, 'a')]);
    native.retainPatternSet(set);
    native.releasePatternSet(set);
    expect(native.patternSetReport(set).patternCount).toBe(1);
    native.releasePatternSet(set);
    throwsCode('native.closed', () => native.patternSetReport(set));
    throwsCode('native.closed', () => native.releasePatternSet(set));
    throwsCode('native.closed', () => native.retainPatternSet(set));
    throwsCode('native.closed', () => native.adoptPatternSet(set));
    const next = native.compilePatternSet([]);
    expect(next).toBeGreaterThan(set);
    throwsCode('native.argument', () => native.adoptPatternSet(next), /no other thread/);
    native.releasePatternSet(next);
  });

  it('of the wrong kind, sign or type throw', () => {
    for (const handle of [-1, 1.5, Number.NaN, Infinity, '1', undefined, null, {}, 2n]) {
      throwsCode('native.argument', () => native.patternSetReport(handle as number));
      throwsCode('native.argument', () => native.discardStream(handle as number));
    }
    for (const handle of [0, 2 ** 52]) {
      throwsCode('native.closed', () => native.releaseScanProgram(handle));
      throwsCode('native.closed', () => native.discardStream(handle));
    }
  });

  it('of a set outlive its release in a program', () => {
    const set = native.compilePatternSet([regex(1, 'a')]);
    const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
    native.releasePatternSet(set);
    const hits = new Uint32Array(hitHeaderWords + hitWords);
    expect(native.scanBatch(program, bytes('a'), new Uint32Array([0, 0, 1]), 1, hits)).toBe(1);
    native.releaseScanProgram(program);
    throwsCode('native.closed', () => native.scanBatch(program, bytes('a'), new Uint32Array(3), 1, hits));
    throwsCode('native.closed', () => native.openStream(program, 0));
  });
});

describe('createScanProgram', () => {
  it('refuses what does not fit together', () => {
    const set = native.compilePatternSet([regex(1, 'a')]);
    const wrong: readonly unknown[] = [
      undefined,
      {},
      { chains: 1, classes: [] },
      { chains: [], classes: 1 },
      { chains: [1], classes: [] },
      { chains: [[999]], classes: [] },
      { chains: [[-1]], classes: [] },
      { chains: [[]], classes: [[{ chain: 1, set }]] },
      { chains: [[]], classes: [[{ chain: 0 }]] },
      { chains: [[]], classes: [[7]] },
      { chains: [[]], classes: [{}] },
      { chains: [[]], classes: [{ scans: [{ chain: 0, set }], merged: set }] },
      { chains: [[]], classes: [{ scans: [{ chain: 0, set }], members: ['1'] }] },
    ];
    for (const source of wrong)
      throwsCode('native.argument', () => native.createScanProgram(source as ScanProgramSource));
    throwsCode('native.closed', () =>
      native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set: 2 ** 40 }]] }),
    );
    throwsCode('native.limit', () => native.createScanProgram({ chains: [new Array(65).fill(0)], classes: [] }));
    native.releasePatternSet(set);
  });
});

describe('scanBatch', () => {
  const set = native.compilePatternSet([regex(1, 'a'), regex(2, 'b')]);
  const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
  const hits = new Uint32Array(hitHeaderWords + 4 * hitWords);

  it('reads shared memory', () => {
    const slab = new Uint8Array(new SharedArrayBuffer(4));
    slab.set(bytes('..ab'));
    const table = new Uint32Array(new SharedArrayBuffer(4 * fieldWords));
    table.set([0, 2, 2]);
    const shared = new Uint32Array(new SharedArrayBuffer(4 * 20));
    expect(native.scanBatch(program, slab, table, 1, shared)).toBe(2);
    expect([...shared.subarray(0, 2)]).toStrictEqual([2, 0]);
    expect([...shared.subarray(hitHeaderWords, hitHeaderWords + 6)]).toStrictEqual([0, 1, 1, 0, 2, 2]);
  });

  it('reads views with an offset', () => {
    const memory = new Uint8Array(100);
    memory.set(bytes('xxaxx'), 50);
    expect(native.scanBatch(program, memory.subarray(51, 54), new Uint32Array([0, 1, 1]), 1, hits)).toBe(1);
  });

  it('refuses detached memory and wrong types', () => {
    const slab = Uint8Array.from(bytes('ab'));
    const table = new Uint32Array([0, 0, 2]);
    structuredClone(slab, { transfer: [slab.buffer] });
    throwsCode('native.argument', () => native.scanBatch(program, slab, table, 1, hits), /detached/);
    for (const wrong of [
      undefined,
      null,
      'ab',
      [97],
      new Uint16Array(2),
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
    ]) {
      throwsCode('native.argument', () => native.scanBatch(program, wrong as unknown as Uint8Array, table, 1, hits));
      throwsCode('native.argument', () =>
        native.scanBatch(program, bytes('a'), wrong as unknown as Uint32Array, 1, hits),
      );
      throwsCode('native.argument', () =>
        native.scanBatch(program, bytes('a'), table, 1, wrong as unknown as Uint32Array),
      );
    }
  });

  it('rejects offsets outside, an unknown class, and a count above the table’s', () => {
    for (const field of [
      [0, 0, 3],
      [0, 3, 0],
      [0, 2, 1],
      [1, 0, 1],
      [0, 0xffffffff, 1],
      [0, 1, 0xffffffff],
    ]) {
      throwsCode('native.argument', () => native.scanBatch(program, bytes('ab'), new Uint32Array(field), 1, hits));
    }
    throwsCode('native.argument', () => native.scanBatch(program, bytes('ab'), new Uint32Array(3), 2, hits));
    throwsCode('native.argument', () =>
      native.scanBatch(program, bytes('ab'), new Uint32Array(3), 1, new Uint32Array(1)),
    );
  });

  it('reports when there was no room for hits', () => {
    const small = new Uint32Array(hitHeaderWords + hitWords);
    expect(native.scanBatch(program, bytes('ab'), new Uint32Array([0, 0, 2]), 1, small)).toBe(1);
    expect(small[1]).toBe(hitFlagOverflow);
  });

  it('reports a pattern once per field', () => {
    expect(native.scanBatch(program, bytes('aaaa'), new Uint32Array([0, 0, 2, 0, 2, 2]), 2, hits)).toBe(2);
    expect([...hits.subarray(hitHeaderWords, hitHeaderWords + 6)]).toStrictEqual([0, 1, 1, 1, 1, 1]);
  });
});

describe('streams', () => {
  const set = native.compilePatternSet([regex(1, 'ab'), regex(2, 'c\\z', { engine: 're2' })]);
  const lowercase = native.transformNames().indexOf('lowercase');
  const program = native.createScanProgram({ chains: [[lowercase], []], classes: [[{ chain: 0, set }]] });
  const hits = new Uint32Array(hitHeaderWords + 2 * hitWords);

  it('end once', () => {
    const stream = native.openStream(program, 0);
    expect(native.feedStream(stream, bytes('xA'), hits)).toBe(0);
    expect(native.feedStream(stream, bytes('BC'), hits)).toBe(1);
    expect([...hits.subarray(hitHeaderWords, hitHeaderWords + 3)]).toStrictEqual([0, 1, 3]);
    expect(Buffer.from(native.streamTail(stream, 0)).toString()).toBe('xabc');
    expect(native.streamBytes(stream)).toBeGreaterThan(0);
    expect(native.tryEndStream(stream, hits)).toBe(1);
    expect([...hits.subarray(hitHeaderWords, hitHeaderWords + 3)]).toStrictEqual([0, 2, 4]);
    expect(native.endStream(stream, hits)).toBe(1);
    expect([...hits.subarray(hitHeaderWords, hitHeaderWords + 3)]).toStrictEqual([0, 2, 4]);
    throwsCode('native.closed', () => native.feedStream(stream, bytes('x'), hits));
    throwsCode('native.closed', () => native.endStream(stream, hits));
    native.discardStream(stream);
  });

  it('refuse misuse and stay usable', () => {
    const stream = native.openStream(program, 0);
    throwsCode('native.argument', () => native.openStream(program, 1));
    throwsCode('native.argument', () => native.feedStream(stream, 'x' as unknown as Uint8Array, hits));
    throwsCode('native.argument', () => native.feedStream(stream, bytes('x'), new Uint32Array(8)), /needs 9/);
    throwsCode('native.argument', () => native.feedStream(stream, bytes('x'), hits, 1 as unknown as boolean));
    throwsCode('native.argument', () => native.endStream(stream, new Uint32Array(1)));
    throwsCode('native.argument', () => native.streamTail(stream, 1));
    throwsCode('native.argument', () => native.streamTail(stream, 9));
    const detached = Uint8Array.from(bytes('ab'));
    structuredClone(detached, { transfer: [detached.buffer] });
    throwsCode('native.argument', () => native.feedStream(stream, detached, hits), /detached/);
    expect(native.feedStream(stream, bytes('ab'), hits)).toBe(1);
    native.discardStream(stream);
    native.discardStream(stream);
    throwsCode('native.closed', () => native.streamBytes(stream));
  });

  it('continue after program and set have been released', () => {
    const own = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
    const stream = native.openStream(own, 0);
    native.releaseScanProgram(own);
    expect(native.feedStream(stream, bytes('ab'), hits)).toBe(1);
    native.discardStream(stream);
  });
});

describe('transform', () => {
  const names = native.transformNames();
  const chain = ['urlDecodeUni', 'lowercase'].map((name) => names.indexOf(name));

  it('returns the value itself if nothing changes', () => {
    const value = bytes('plain');
    expect(native.transform(chain, value)).toBe(value);
    expect(Buffer.from(native.transform(chain, bytes('A%42'))).toString()).toBe('ab');
    expect(native.transform([names.indexOf('removeWhitespace')], bytes(' ')).length).toBe(0);
  });

  it('refuses unknown transformations and detached memory', () => {
    throwsCode('native.argument', () => native.transform([99], bytes('a')));
    throwsCode('native.argument', () => native.transform('lowercase' as unknown as number[], bytes('a')));
    throwsCode('native.argument', () => native.transform(chain, 'a' as unknown as Uint8Array));
  });
});

describe('locate', () => {
  it('returns groups, and nothing if there is no match', () => {
    const set = native.compilePatternSet([
      regex(1, 'id=(\\d+)(x)?'),
      { id: 2, engine: 'hyperscan', kind: 'literal', source: 'passwd', caseless: true },
      { id: 3, engine: 'hyperscan', kind: 'regex', source: 'z', caseless: false },
    ]);
    const groups = new Uint32Array(20);
    expect(native.locate(set, 1, bytes('?id=42&'), groups)).toBe(3);
    expect([...groups.subarray(0, 6)]).toStrictEqual([1, 6, 4, 6, 0xffffffff, 0xffffffff]);
    expect(native.locate(set, 1, bytes('nothing'), groups)).toBe(0);
    expect(native.locate(set, 2, bytes('/etc/PASSWD'), groups)).toBe(1);
    expect([...groups.subarray(0, 2)]).toStrictEqual([5, 11]);
    throwsCode('native.argument', () => native.locate(set, 3, bytes('z'), groups), /cannot locate/);
    throwsCode('native.argument', () => native.locate(set, 4, bytes('z'), groups));
    throwsCode('native.argument', () => native.locate(set, 1, bytes('z'), [] as unknown as Uint32Array));
    native.releasePatternSet(set);
  });
});
