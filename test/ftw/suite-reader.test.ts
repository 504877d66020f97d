// Test files → tests.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { FtwStage, FtwTest } from '../../src/ftw/suite.ts';
import { readSuite, readTests } from '../../src/ftw/suite-reader.ts';

const only = (text: string): FtwTest => {
  const [test, ...more] = readSuite(text, '942100.yaml');
  assert.ok(test !== undefined && more.length === 0);
  return test;
};

/** The one stage of a test with this input and output, in flow style. */
const stage = (input: string, output = '{}'): FtwStage => {
  const [first] = only(`rule_id: 1\ntests:\n  - stages:\n      - input: ${input}\n        output: ${output}\n`).stages;
  assert.ok(first !== undefined);
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
    assert.equal(test.id, '942100-7');
    assert.equal(test.description, '\xc3\xa9');
    assert.equal(test.line, 6);
    const [{ input, expectation, line } = stage('{}')] = test.stages;
    assert.equal(line, 9);
    assert.deepEqual(input, {
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
    assert.deepEqual(expectation, {
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
    assert.equal(`${input.method} ${input.uri} ${input.version}`, 'GET / HTTP/1.1');
    assert.equal(input.autocompleteHeaders, true);
  });

  it('keeps an empty version', () => {
    assert.equal(stage('{version: ""}').input.version, '');
  });

  it('numbers tests without an id, and takes the rule id from the file name', () => {
    const text = 'tests:\n  - stages: [{input: {}, output: {}}]\n  - stages: [{input: {}, output: {}}]\n';
    assert.deepEqual(
      readSuite(text, 'x/rule-920100.yaml').map(({ id }) => id),
      ['920100-1', '920100-2'],
    );
  });

  it('turns stop_magic round, and lets autocomplete_headers win', () => {
    assert.equal(stage('{stop_magic: true}').input.autocompleteHeaders, false);
    assert.equal(stage('{stop_magic: true, autocomplete_headers: true}').input.autocompleteHeaders, true);
    assert.equal(stage('{autocomplete_headers: false}').input.autocompleteHeaders, false);
  });

  it('decodes requests and data in base64, folded over lines', () => {
    assert.equal(Buffer.from(stage('{encoded_request: "R0VU\\nIC8="}').input.encodedRequest ?? []).toString(), 'GET /');
    assert.equal(stage('{encoded_data: "//8="}').input.data, '\xff\xff');
  });

  it('expands templates in data', () => {
    assert.equal(stage('{data: \'a={{ "b" | repeat 3 }}\'}').input.data, 'a=bbb');
  });

  it('reads stages of the older schema', () => {
    assert.equal(
      only('rule_id: 1\ntests: [{stages: [{stage: {input: {uri: /x}, output: {}}}]}]').stages[0]?.input.uri,
      '/x',
    );
  });

  it('finds no test in a file without content', () => {
    assert.deepEqual(readSuite('# nothing\n', 'a.yaml'), []);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a misspelt member', '{ur: /}', /"ur"/],
    ['a feature that would be skipped', '{follow_redirect: true}', /follow_redirect is not supported/],
    ['data beside an encoded request', '{data: a, encoded_request: YQ==}', /both/],
    ['a broken encoded request', '{encoded_request: "?"}', /base64/],
    ['an unknown template', "{data: '{{ .X }}'}", /only \{\{/],
  ];
  for (const [name, input, message] of wrong) {
    it(`refuses ${name}, naming file and line`, () => {
      assert.throws(
        () => stage(input),
        (error: Error) => {
          assert.match(error.message, /^942100\.yaml:\d+: /);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it('refuses outputs it does not know', () => {
    assert.throws(() => stage('{}', '{log: {log_contains: "id 1"}}'), { message: /log_contains/ });
    assert.throws(() => stage('{}', '{status: [403]}'), { message: /status must be a whole number/ });
    assert.throws(() => stage('{}', '{isolated: true}'), { message: /exactly one id/ });
  });

  it('refuses tests without stages, and files without a rule id', () => {
    assert.throws(() => readSuite('rule_id: 1\ntests: [{desc: a}]', 'a.yaml'), { message: /^a\.yaml:2: .*stages/ });
    assert.throws(() => readSuite('tests: []', 'a.yaml'), { message: /rule_id is missing/ });
  });
});

describe('readTests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-suite-'));
  after(() => rmSync(folder, { recursive: true }));
  const text = 'tests: [{stages: [{input: {}, output: {}}]}]';
  mkdirSync(join(folder, 'b'));
  mkdirSync(join(folder, 'twice'));
  writeFileSync(join(folder, 'b', '2.yaml'), text);
  writeFileSync(join(folder, 'b', '1.yml'), text);
  writeFileSync(join(folder, 'b', 'pack.yaml'), 'name: no test');
  writeFileSync(join(folder, 'b', 'notes.txt'), 'no test');
  writeFileSync(join(folder, 'twice', '2.yaml'), text);

  it('searches folders in order of name', () => {
    assert.deepEqual(
      readTests([join(folder, 'b')]).map(({ id }) => id),
      ['1-1', '2-1'],
    );
  });

  it('refuses two tests of one id, naming both', () => {
    assert.throws(() => readTests([folder]), { code: 'config.invalid', message: /twice.*2-1.*b/ });
  });

  it('refuses paths without tests', () => {
    assert.throws(() => readTests([join(folder, 'no')]), { message: /no such file/ });
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    assert.throws(() => readTests([empty]), { message: /no test found/ });
  });
});
