import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { WafError } from '../../src/base/errors.ts';
import {
  formatLocation,
  SeclangError,
  SeclangErrors,
  shownProblems,
  showText,
} from '../../src/seclang/seclang-error.ts';

const location = { file: 'rules/a.conf', line: 12, column: 34 };

describe('SeclangError', () => {
  it('starts its message with file, line and column', () => {
    const error = new SeclangError({ location, text: '@foo', reason: 'unknown operator "@foo"' });
    expect(error.message).toBe('rules/a.conf:12:34: unknown operator "@foo"');
    expect(error.text).toBe('@foo');
    expect(error.location).toStrictEqual(location);
    expect(error.code).toBe('seclang.syntax');
    expect(error).toBeInstanceOf(WafError);
  });

  it('keeps the cause', () => {
    const cause = new Error('ENOENT');
    const error = new SeclangError({ code: 'seclang.include', location, text: 'x', reason: 'cannot read', cause });
    expect(error.cause).toBe(cause);
    expect(error.code).toBe('seclang.include');
  });
});

describe('SeclangErrors', () => {
  it('lists every error on a line of its own', () => {
    const errors = ['one', 'two'].map((reason) => new SeclangError({ location, text: '', reason }));
    const all = new SeclangErrors(errors);
    expect(all.message).toBe('2 errors in the rules:\nrules/a.conf:12:34: one\nrules/a.conf:12:34: two');
    expect(all.code).toBe('seclang.syntax');
    expect(all.errors).toStrictEqual(errors);
  });

  it('uses the singular for one error', () => {
    const all = new SeclangErrors([new SeclangError({ location, text: '', reason: 'one' })]);
    expect(all.message).toMatch(/^1 error in/);
  });
});

describe('showText', () => {
  it('decodes UTF-8 and escapes control characters', () => {
    expect(showText(Buffer.from('é\n"', 'utf8').toString('latin1'))).toBe('"é\\n\\""');
  });

  it('cuts long text', () => {
    expect(showText('x'.repeat(1_000_000)).length).toBeLessThan(80);
  });
});

describe('formatLocation', () => {
  it('writes a format that editors understand', () => {
    expect(formatLocation(location)).toBe('rules/a.conf:12:34');
  });

  it('shows the first ones, and the number of others', () => {
    const many = constants.shownProblemsMax + 7;
    const errors = Array.from({ length: many }, (_, at) => new SeclangError({ location, text: '', reason: `r${at}` }));
    const all = new SeclangErrors(errors);
    const lines = all.message.split('\n');
    expect(lines[0]).toBe(`${many} errors in the rules:`);
    expect(lines.length).toBe(1 + constants.shownProblemsMax + 1);
    expect(lines.at(-1)).toBe('… and 7 more');
    expect(all.errors.length).toBe(many);
  });
});

describe('shownProblems', () => {
  it('keeps a list that is short enough', () => {
    const lines = Array(constants.shownProblemsMax).fill('x');
    expect(shownProblems(lines)).toStrictEqual(lines);
    expect(shownProblems([...lines, 'y'])).toStrictEqual([...lines, '… and 1 more']);
  });
});
