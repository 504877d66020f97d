// The error class: codes kept, causes kept, anything thrown becomes one of ours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertNever, asWafError, WafError } from '../../src/base/errors.ts';
import { filesUnder, repository } from '../house/source.ts';

describe('WafError', () => {
  it('keeps its code, message and cause', () => {
    const cause = new Error('disk');
    const error = new WafError('body.limit', 'field name is 513 bytes, limit 512', { cause });
    expect(error.code).toBe('body.limit');
    expect(error.message).toBe('field name is 513 bytes, limit 512');
    expect(error.cause).toBe(cause);
    expect(error.name).toBe('WafError');
  });
});

describe('asWafError', () => {
  it('returns a WafError unchanged', () => {
    const error = new WafError('scan.failed', 'x');
    expect(asWafError(error)).toBe(error);
  });

  it('makes anything else internal and keeps it as the cause', () => {
    for (const thrown of [new TypeError('no'), 'no', undefined, { toString: () => 'no' }]) {
      const error = asWafError(thrown);
      expect(error.code).toBe('internal');
      expect(error.cause).toBe(thrown);
    }
  });
});

describe('assertNever', () => {
  it('throws internal with the value', () => {
    expect(() => assertNever('odd' as never)).toThrow(/unexpected value "odd"/);
  });
});

describe('ErrorCode', () => {
  const textOf = (folder: string, endings: readonly string[]): string =>
    filesUnder(folder, endings)
      .filter((path) => path !== 'src/base/errors.ts' && path !== 'src/decision/failure-mode.ts')
      .map((path) => readFileSync(join(repository, path), 'utf8'))
      .join('\n');
  const declared = readFileSync(join(repository, 'src/base/errors.ts'), 'utf8');
  const codes = [...declared.matchAll(/^ {2}\| '([a-z.]+)'/gm)].map(([, code]) => code as string);

  it('is thrown by code, and seen in a test', () => {
    expect(codes.length).toBeGreaterThan(15);
    const code = `${textOf('src', ['.ts'])}${textOf('native', ['.cc', '.h'])}`;
    const tests = textOf('test', ['.test.ts']);
    const silent = (text: string): string[] => codes.filter((one) => !new RegExp(`['"]${one}['" ]`).test(text));
    expect(silent(code)).toStrictEqual([]);
    expect(silent(tests.replaceAll('/^native.missing', "'native.missing'"))).toStrictEqual([]);
  });
});
