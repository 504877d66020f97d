import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { translateRegex } from '../../src/pattern/regex-dialect.ts';
import { TranslationCache } from '../../src/pattern/translation-cache.ts';

const cacheIn = (folder?: string): TranslationCache => runAtOnce(TranslationCache.open(folder, new Pace()));

describe('TranslationCache', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-translations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const patterns = ['a+b', '(?i)select.{1,9}from', '[\\x80-\\xff]{3}', '__proto__', 'é\x00'];

  function translationOf(source: string) {
    const { facts: _, ...translation } = translateRegex(source);
    return translation;
  }

  function fill(): string {
    const cache = cacheIn(folder);
    for (const source of patterns) cache.translate(source);
    runAtOnce(cache.save(new Pace()));
    const [name] = readdirSync(folder);
    return join(folder, name as string);
  }

  /** Whether a new cache has a pattern: the stored value is marked. */
  function hasStored(path: string): boolean {
    const before = readFileSync(path);
    const cache = cacheIn(folder);
    cache.translate('a+b');
    runAtOnce(cache.save(new Pace()));
    const isRewritten = !readFileSync(path).equals(before);
    writeFileSync(path, before);
    return !isRewritten;
  }

  it('returns what the translator does, also from the file', () => {
    fill();
    const cache = cacheIn(folder);
    for (const source of patterns) expect(cache.translate(source)).toStrictEqual(translationOf(source));
  });

  it('keeps what another rule set needed', () => {
    const path = fill();
    const other = cacheIn(folder);
    other.translate('another');
    runAtOnce(other.save(new Pace()));
    expect(hasStored(path)).toBeTruthy();
  });

  it('throws what the translator throws, and keeps nothing of it', () => {
    const cache = cacheIn(folder);
    for (let time = 0; time < 2; time++) {
      expect(() => cache.translate('(?=a)')).toThrow(expect.objectContaining({ code: 'seclang.unsupported' }));
    }
    runAtOnce(cache.save(new Pace()));
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it('reads no file that is damaged, or that others can write', () => {
    const path = fill();
    expect(hasStored(path)).toBeTruthy();
    const whole = readFileSync(path);
    for (const at of [0, 70, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 1;
      writeFileSync(path, damaged);
      expect(cacheIn(folder).translate('a+b')).toStrictEqual(translationOf('a+b'));
      expect(hasStored(path), `byte ${at} is damaged`).toBeFalsy();
    }
    writeFileSync(path, whole);
    chmodSync(path, 0o666);
    expect(hasStored(path), 'anybody can write it').toBeFalsy();
  });

  it('works without a folder that cannot be written to', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const cache = cacheIn(join(file, 'below'));
    expect(cache.translate('a+b')).toStrictEqual(translationOf('a+b'));
    runAtOnce(cache.save(new Pace()));
  });

  it('keeps nothing without a folder', () => {
    const cache = cacheIn();
    expect(cache.translate('a+b')).toStrictEqual(translationOf('a+b'));
    runAtOnce(cache.save(new Pace()));
  });
});
