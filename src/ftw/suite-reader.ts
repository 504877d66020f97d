// go-ftw test files → tests: YAML of the ftw-tests-schema v2, with defaults as in go-ftw 2. Errors name file and line. Knows
// nothing about running.

import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { constants } from '../base/constants.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readInputFile } from '../base/input-file.ts';
import type { FtwExpectation, FtwInput, FtwStage, FtwTest } from './suite.ts';
import { expandTemplate } from './template.ts';
import { YamlNode } from './yaml-node.ts';

const inputKeys = [
  'dest_addr',
  'port',
  'protocol',
  'method',
  'uri',
  'version',
  'headers',
  'data',
  'encoded_data',
  'encoded_request',
  'autocomplete_headers',
  'stop_magic',
  'follow_redirect',
  'save_cookie',
  'virtual_host_mode',
];
const outputKeys = ['status', 'response_contains', 'log', 'expect_error', 'retry_once', 'isolated'];
const logKeys = ['expect_ids', 'no_expect_ids', 'match_regex', 'no_match_regex'];

/**
 * All tests under `paths`, files or folders (searched for `*.yaml` and `*.yml`, in order of name; except the `pack.yaml` of a
 * pack). Empty files contain no tests.
 * @throws WafError `config.invalid` for a path that does not exist, a file that is not a test file, a duplicate test id, or no
 * test at all.
 */
export function readTests(paths: readonly string[]): readonly FtwTest[] {
  let bytes = 0;
  const read = (file: string): string => {
    const text = readText(file);
    bytes += text.length;
    if (bytes > constants.inputFileBytesMax) {
      throw new WafError('config.invalid', `the tests are larger than ${constants.inputFileBytesMax} bytes`);
    }
    return text;
  };
  return distinctTests(
    paths.flatMap(yamlFilesOf).flatMap((file) => readSuite(read(file), file)),
    paths,
  );
}

/**
 * Checks that there are tests and that ids are unique. @param paths where they were found.
 * @throws WafError `config.invalid`.
 */
export function distinctTests(tests: readonly FtwTest[], paths: readonly string[]): readonly FtwTest[] {
  if (tests.length === 0) throw new WafError('config.invalid', `no test found in ${paths.join(', ')}`);
  const places = new Map<string, string>();
  for (const { id, file, line } of tests) {
    const place = `${file}:${line}`;
    const earlier = places.get(id);
    if (earlier !== undefined) throw new WafError('config.invalid', `${place}: test ${id} is also in ${earlier}`);
    places.set(id, place);
  }
  return tests;
}

/** The tests of one file's text; `file` is its name. @throws WafError `config.invalid` with file and line. */
export function readSuite(text: string, file: string): readonly FtwTest[] {
  const root = YamlNode.parse(text, file);
  if (root.isEmpty) return [];
  const members = root.membersOf(['meta', 'author', 'description', 'rule_id', 'tests']);
  const ruleId = members.get('rule_id')?.count() ?? ruleIdOfName(root, file);
  return (members.get('tests')?.entries() ?? []).map((test, index) => readTest(test, { ruleId, file, index }));
}

function readText(file: string): string {
  try {
    return readInputFile(file).toString('utf8');
  } catch (thrown) {
    throw new WafError('config.invalid', `tests "${file}": ${fileProblem(thrown)}`, { cause: thrown });
  }
}

function yamlFilesOf(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new WafError('config.invalid', `tests "${path}": no such file or folder`);
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && basename(name) !== 'pack.yaml')
    .sort((left, right) => (left < right ? -1 : 1))
    .map((name) => join(path, name))
    .filter((name) => statSync(name).isFile());
}

/** Without `rule_id`, go-ftw uses the first number in the file's name. */
function ruleIdOfName(root: YamlNode, file: string): number {
  const digits = /\d+/.exec(basename(file))?.[0];
  return digits === undefined ? root.fail('rule_id is missing, and the file name contains no number') : Number(digits);
}

interface TestPlace {
  readonly ruleId: number;
  readonly file: string;
  readonly index: number;
}

function readTest(test: YamlNode, { ruleId, file, index }: TestPlace): FtwTest {
  const members = test.membersOf(['test_id', 'test_title', 'desc', 'description', 'tags', 'stages']);
  const stages = members.get('stages')?.entries() ?? [];
  if (stages.length === 0) test.fail('a test must have stages');
  return {
    id: `${ruleId}-${members.get('test_id')?.count() || index + 1}`,
    ruleId,
    description: (members.get('desc') ?? members.get('description'))?.text().trim() ?? '',
    stages: stages.map(readStage),
    file,
    line: test.line,
  };
}

function readStage(entry: YamlNode): FtwStage {
  // The schema of go-ftw 1 wraps each stage in a member `stage`.
  const stage = entry.members().get('stage') ?? entry;
  const members = stage.membersOf(['description', 'input', 'output']);
  const input = members.get('input');
  const output = members.get('output');
  if (input === undefined || output === undefined) return stage.fail('a stage must have input and output');
  return { input: readInput(input), expectation: readExpectation(output), line: stage.line };
}

function readInput(node: YamlNode): FtwInput {
  const members = node.membersOf(inputKeys);
  for (const key of ['follow_redirect', 'save_cookie']) {
    if (members.get(key)?.flag() === true) members.get(key)?.fail(`input.${key} is not supported`);
  }
  const encoded = members.get('encoded_request');
  const encodedRequest = encoded === undefined || encoded.text() === '' ? undefined : base64Of(encoded);
  const body = dataOf(members);
  if (encodedRequest !== undefined && body !== '') encoded?.fail('input has both data and encoded_request');
  const autocomplete = members.get('autocomplete_headers')?.flag();
  return {
    method: members.get('method')?.text() ?? 'GET',
    uri: members.get('uri')?.text() ?? '/',
    version: members.get('version')?.text() ?? 'HTTP/1.1',
    headers: [...(members.get('headers')?.members() ?? [])].map(([name, value]) => [name, value.text()] as const),
    data: body,
    autocompleteHeaders: autocomplete ?? members.get('stop_magic')?.flag() !== true,
    encodedRequest,
  };
}

function dataOf(members: ReadonlyMap<string, YamlNode>): string {
  const plain = members.get('data');
  const encoded = members.get('encoded_data');
  if (plain === undefined) return encoded === undefined ? '' : base64Of(encoded).toString('latin1');
  if (encoded !== undefined && encoded.text() !== '') encoded.fail('input has both data and encoded_data');
  try {
    return expandTemplate(plain.text());
  } catch (thrown) {
    return plain.fail(asWafError(thrown).message);
  }
}

function base64Of(node: YamlNode): Buffer {
  const text = node.text().replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) node.fail('not base64');
  return Buffer.from(text, 'base64');
}

function readExpectation(node: YamlNode): FtwExpectation {
  const members = node.membersOf(outputKeys);
  const log = members.get('log')?.membersOf(logKeys);
  const idsOf = (key: string): readonly number[] => (log?.get(key)?.entries() ?? []).map((id) => id.count());
  const isIsolated = members.get('isolated')?.flag() ?? false;
  const expectIds = idsOf('expect_ids');
  if (isIsolated && expectIds.length !== 1) node.fail('output.isolated needs exactly one id in log.expect_ids');
  return {
    status: members.get('status')?.count(),
    expectIds,
    noExpectIds: idsOf('no_expect_ids'),
    matchRegex: log?.get('match_regex')?.text(),
    noMatchRegex: log?.get('no_match_regex')?.text(),
    responseContains: members.get('response_contains')?.text(),
    expectError: members.get('expect_error')?.flag(),
    isIsolated,
    isRetriedOnce: members.get('retry_once')?.flag() ?? false,
  };
}
