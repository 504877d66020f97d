import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    assert.equal(error.message, 'rules/a.conf:12:34: unknown operator "@foo"');
    assert.equal(error.text, '@foo');
    assert.deepEqual(error.location, location);
    assert.equal(error.code, 'seclang.syntax');
    assert.ok(error instanceof WafError);
  });

  it('keeps the cause', () => {
    const cause = new Error('ENOENT');
    const error = new SeclangError({ code: 'seclang.include', location, text: 'x', reason: 'cannot read', cause });
    assert.equal(error.cause, cause);
    assert.equal(error.code, 'seclang.include');
  });
});

describe('SeclangErrors', () => {
  it('lists every error on a line of its own', () => {
    const errors = ['one', 'two'].map((reason) => new SeclangError({ location, text: '', reason }));
    const all = new SeclangErrors(errors);
    assert.equal(all.message, '2 errors in the rules:\nrules/a.conf:12:34: one\nrules/a.conf:12:34: two');
    assert.equal(all.code, 'seclang.syntax');
    assert.deepEqual(all.errors, errors);
  });

  it('speaks of one error in the singular', () => {
    const all = new SeclangErrors([new SeclangError({ location, text: '', reason: 'one' })]);
    assert.match(all.message, /^1 error in/);
  });
});

describe('showText', () => {
  it('decodes UTF-8 and escapes control characters', () => {
    assert.equal(showText(Buffer.from('é\n"', 'utf8').toString('latin1')), '"é\\n\\""');
  });

  it('cuts long text', () => {
    assert.ok(showText('x'.repeat(1_000_000)).length < 80);
  });
});

describe('formatLocation', () => {
  it('writes what editors understand', () => {
    assert.equal(formatLocation(location), 'rules/a.conf:12:34');
  });

  it('shows the first ones, and says how many more there are', () => {
    const many = constants.shownProblemsMax + 7;
    const errors = Array.from({ length: many }, (_, at) => new SeclangError({ location, text: '', reason: `r${at}` }));
    const all = new SeclangErrors(errors);
    const lines = all.message.split('\n');
    assert.equal(lines[0], `${many} errors in the rules:`);
    assert.equal(lines.length, 1 + constants.shownProblemsMax + 1);
    assert.equal(lines.at(-1), '… and 7 more');
    assert.equal(all.errors.length, many);
  });
});

describe('shownProblems', () => {
  it('leaves as many as are shown alone', () => {
    const lines = Array(constants.shownProblemsMax).fill('x');
    assert.deepEqual(shownProblems(lines), lines);
    assert.deepEqual(shownProblems([...lines, 'y']), [...lines, '… and 1 more']);
  });
});
