// Test files → tests.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FtwStage, FtwTest } from '../../src/ftw/suite.ts';
import { readSuite, readTests } from '../../src/ftw/suite-reader.ts';

const only = (text: string): FtwTest => {
  const [test, ...more] = readSuite(text, '942100.yaml');
  expect.assert(test !== undefined && more.length === 0);
  return test;
};

/** The one stage of a test with this input and output, in flow style. */
const stage = (input: string, output = '{}'): FtwStage => {
  const [first] = only(`rule_id: 1\ntests:\n  - stages:\n      - input: ${input}\n        output: ${output}\n`).stages;
  expect.assert(first !== undefined);
  return first;
};

describe('readSuite', () => {
  it('reads a whole test', () => {
    const test = only(`---
meta:
  author: "somebody"
rule_id: 942100
tests:
  - test_id: 7
    desc: "é"
    stages:
      - input:
          dest_addr: 127.0.0.1
          port: 80
          method: POST
          headers:
            Host: localhost
            X-Number: 7
            X-Empty:
          uri: "/a?b=c"
          version: HTTP/1.0
          data: "x=\\x5c"
        output:
          status: 403
          retry_once: true
          log:
            expect_ids: [942100, 1]
            no_expect_ids: [2]
            match_regex: 'a\\d'
            no_match_regex: b
`);
    expect(test.id).toBe('942100-7');
    expect(test.description).toBe('\xc3\xa9');
    expect(test.line).toBe(6);
    const [{ input, expectation, line } = stage('{}')] = test.stages;
    expect(line).toBe(9);
    expect(input).toStrictEqual({
      method: 'POST',
      uri: '/a?b=c',
      version: 'HTTP/1.0',
      headers: [
        ['Host', 'localhost'],
        ['X-Number', '7'],
        ['X-Empty', ''],
      ],
      data: 'x=\\',
      autocompleteHeaders: true,
      encodedRequest: undefined,
    });
    expect(expectation).toStrictEqual({
      status: 403,
      expectIds: [942100, 1],
      noExpectIds: [2],
      matchRegex: 'a\\d',
      noMatchRegex: 'b',
      responseContains: undefined,
      expectError: undefined,
      isIsolated: false,
      isRetriedOnce: true,
    });
  });

  it('fills in what go-ftw does', () => {
    const { input } = stage('{}');
    expect(`${input.method} ${input.uri} ${input.version}`).toBe('GET / HTTP/1.1');
    expect(input.autocompleteHeaders).toBe(true);
  });

  it('keeps an empty version', () => {
    expect(stage('{version: ""}').input.version).toBe('');
  });

  it('numbers tests without an id, and takes the rule id from the file name', () => {
    const text = 'tests:\n  - stages: [{input: {}, output: {}}]\n  - stages: [{input: {}, output: {}}]\n';
    expect(readSuite(text, 'x/rule-920100.yaml').map(({ id }) => id)).toStrictEqual(['920100-1', '920100-2']);
  });

  it('turns stop_magic round, and lets autocomplete_headers win', () => {
    expect(stage('{stop_magic: true}').input.autocompleteHeaders).toBe(false);
    expect(stage('{stop_magic: true, autocomplete_headers: true}').input.autocompleteHeaders).toBe(true);
    expect(stage('{autocomplete_headers: false}').input.autocompleteHeaders).toBe(false);
  });

  it('decodes requests and data in base64, folded over lines', () => {
    expect(Buffer.from(stage('{encoded_request: "R0VU\\nIC8="}').input.encodedRequest ?? []).toString()).toBe('GET /');
    expect(stage('{encoded_data: "//8="}').input.data).toBe('\xff\xff');
  });

  it('expands templates in data', () => {
    expect(stage('{data: \'a={{ "b" | repeat 3 }}\'}').input.data).toBe('a=bbb');
  });

  it('reads stages of the older schema', () => {
    expect(only('rule_id: 1\ntests: [{stages: [{stage: {input: {uri: /x}, output: {}}}]}]').stages[0]?.input.uri).toBe(
      '/x',
    );
  });

  it('finds no test in a file without content', () => {
    expect(readSuite('# nothing\n', 'a.yaml')).toStrictEqual([]);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a misspelt member', '{ur: /}', /"ur"/],
    ['a feature that would be skipped', '{follow_redirect: true}', /follow_redirect is not supported/],
    ['data beside an encoded request', '{data: a, encoded_request: YQ==}', /both/],
    ['a broken encoded request', '{encoded_request: "?"}', /base64/],
    ['data given twice', '{data: a, encoded_data: YQ==}', /both data and encoded_data/],
    ['encoded data beside an encoded request', '{encoded_data: YQ==, encoded_request: YQ==}', /both/],
    ['broken encoded data', '{encoded_data: YQ=}', /base64/],
    ['encoded data of three letters', '{encoded_data: YWI}', /base64/],
    ['cookies that would not be kept', '{save_cookie: true}', /save_cookie is not supported/],
    ['a flag that is a text', '{follow_redirect: "true"}', /follow_redirect must be true or false/],
    ['headers in a list', '{headers: [a]}', /headers must be/],
    ['a header with several values', '{headers: {a: [b]}}', /a must be a text/],
    ['a method that is a mapping', '{method: {a: b}}', /method must be a text/],
    ['an unknown template', "{data: '{{ .X }}'}", /only \{\{/],
  ];
  for (const [name, input, message] of wrong) {
    it(`refuses ${name}, naming file and line`, () => {
      expect(() => stage(input)).toThrow(
        expect.toSatisfy((error: Error) => {
          expect(error.message).toMatch(/^942100\.yaml:\d+: /);
          expect(error.message).toMatch(message);
          return true;
        }),
      );
    });
  }

  for (const [output, message] of [
    ['{status: "403"}', /status must be a whole number/],
    ['{status: -1}', /status must be a whole number/],
    ['{log: [a]}', /log must be/],
    ['{log: {expect_ids: 5}}', /expect_ids must be a list/],
    ['{log: {expect_ids: [a]}}', /an entry of expect_ids must be a whole number/],
    ['{log: {no_expect_ids: [1.5]}}', /an entry of no_expect_ids must be a whole number/],
    ['{log: {match_regex: [a]}}', /match_regex must be a text/],
    ['{expect_error: 1}', /expect_error must be true or false/],
    ['{retry_once: maybe}', /retry_once must be true or false/],
    ['{isolated: true, log: {expect_ids: [1, 2]}}', /exactly one id/],
  ] as const) {
    it(`refuses the output ${output}`, () => {
      expect(() => stage('{}', output)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }

  for (const [text, message] of [
    ['rule_id: x\ntests: []', /^a\.yaml:1: rule_id must be a whole number/],
    ['rule_id: 1\ntests: x', /^a\.yaml:2: tests must be a list/],
    ['rule_id: 1\ntest: []', /has no member "test"/],
    ['rule_id: 1\ntests:\n  - stages: [{ input: {} }]', /^a\.yaml:3: .*a stage must have input and output/],
    ['rule_id: 1\ntests:\n  - stages: [{ stage: { output: {} } }]', /a stage must have input and output/],
    ['rule_id: 1\ntests:\n  - stages: [a]', /^a\.yaml:3: /],
    ['rule_id: 1\ntests:\n  - { test_id: a, stages: [{ input: {}, output: {} }] }', /test_id must be a whole number/],
    ['- a', /^a\.yaml:1: /],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}, naming the place`, () => {
      expect(() => readSuite(text, 'a.yaml')).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }

  it('refuses outputs it does not know', () => {
    expect(() => stage('{}', '{log: {log_contains: "id 1"}}')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/log_contains/) }),
    );
    expect(() => stage('{}', '{status: [403]}')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/status must be a whole number/) }),
    );
    expect(() => stage('{}', '{isolated: true}')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/exactly one id/) }),
    );
  });

  it('refuses tests without stages, and files without a rule id', () => {
    expect(() => readSuite('rule_id: 1\ntests: [{desc: a}]', 'a.yaml')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^a\.yaml:2: .*stages/) }),
    );
    expect(() => readSuite('tests: []', 'a.yaml')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/rule_id is missing/) }),
    );
  });
});

describe('readTests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-suite-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const text = 'tests: [{stages: [{input: {}, output: {}}]}]';
  mkdirSync(join(folder, 'b'));
  mkdirSync(join(folder, 'twice'));
  writeFileSync(join(folder, 'b', '2.yaml'), text);
  writeFileSync(join(folder, 'b', '1.yml'), text);
  writeFileSync(join(folder, 'b', 'pack.yaml'), 'name: no test');
  writeFileSync(join(folder, 'b', 'notes.txt'), 'no test');
  writeFileSync(join(folder, 'twice', '2.yaml'), text);

  it('searches folders in order of name', () => {
    expect(readTests([join(folder, 'b')]).map(({ id }) => id)).toStrictEqual(['1-1', '2-1']);
  });

  it('refuses two tests of one id, naming both', () => {
    expect(() => readTests([folder])).toThrow(
      expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(/twice.*2-1.*b/) }),
    );
  });

  it('refuses paths without tests', () => {
    expect(() => readTests([join(folder, 'no')])).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/no such file/) }),
    );
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(() => readTests([empty])).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/no test found/) }),
    );
  });
});
