// `weir test`: rule tests in go-ftw's format, against the engine in this process or through a proxy. Parses options, prints the
// report, chooses the exit code; the rest is in src/ftw.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { WafError } from '../base/errors.ts';
import { starterPack } from '../config/config.ts';
import { asProfileWants, defaultProfile } from '../config/pack-defaults.ts';
import { type Chunking, engineTarget } from '../ftw/engine-target.ts';
import { frontTarget } from '../ftw/front-target.ts';
import { readIgnoreList } from '../ftw/ignore-list.ts';
import { formatReport, type ReportFormat, reportFormats, type TestReport } from '../ftw/report.ts';
import { runTests } from '../ftw/runner.ts';
import type { FtwTest } from '../ftw/suite.ts';
import { distinctTests, readTests } from '../ftw/suite-reader.ts';
import { filesOfPack } from '../lint/lint-pack.ts';
import { testsOf } from '../lint/lint-tests.ts';
import { TextSearch } from '../matching/text-search.ts';
import { isPackArchive } from '../pack/is-pack.ts';
import { closePlan } from '../plan/close-plan.ts';
import { type CommandDefinition, commonExitCodes, defineCommand } from './define-command.ts';
import { addRuleOptions, loadRulesForCommand, type RuleOptions } from './load-rules.ts';
import type { Printer } from './printer.ts';

/** The options, parsed. */
interface TestOptions extends RuleOptions {
  readonly front?: URL;
  readonly log?: string;
  readonly rules?: readonly string[];
  readonly include?: TextSearch;
  readonly exclude?: TextSearch;
  readonly ignore?: string;
  readonly chunks: readonly Chunking[];
  readonly output: ReportFormat;
}

/** The command under a given name, so that help and errors show the name it was called by. */
const commandNamed = (name: string): CommandDefinition<TestOptions> => ({
  name,
  summary: 'run rule tests (go-ftw YAML) and report failed expectations',
  options: (command) =>
    addRuleOptions(
      command
        .argument('<path...>', 'test files, folders of them, or archives of packs')
        .addOption(new Option('--engine', 'run in this process, without a proxy (default)').conflicts('front'))
        .addOption(new Option('--front <url>', 'send the requests to this proxy').argParser(parseUrl))
        .option(
          '--log <file>',
          "with --front: the audit log of the proxy's Weir (`weir serve --audit-log … --log-values`)",
        )
        .option(
          '--rules <path...>',
          'rule files, folders or packs, in order (default: the pack that contains the tests, else the starter pack)',
        )
        .option('--allow-unsupported', 'skip and report rules that Weir cannot run, instead of refusing')
        .addOption(new Option('--include <regex>', 'only tests whose id matches').argParser(parseRegex))
        .addOption(new Option('--exclude <regex>', 'skip tests whose id matches').argParser(parseRegex))
        .option('--ignore <file>', 'YAML: test id → reason why it does not count')
        .addOption(
          new Option(
            '--chunks <sizes>',
            'how bodies are cut: "whole" or bytes; with several (whole,1,7) all must agree',
          )
            .argParser(parseChunkings)
            .default(['whole'], 'whole'),
        )
        .addOption(new Option('--output <format>', 'format of the report').choices(reportFormats).default('human')),
    ),
  run: async ({ args: [paths], options, printer }) => {
    const report = await runCommand(paths as readonly string[], options, printer);
    printer.print(formatReport(report, options.output));
    return report.failed > 0 ? commonExitCodes.failed : commonExitCodes.done;
  },
  hint: ({ code }, words) =>
    code === 'commander.missingArgument' && words.includes('--rules')
      ? `--rules takes every path after it; put the tests before it, or after --: weir ${name} TESTS --rules RULES`
      : undefined,
});

/** `weir test`. Exit code 1: a test failed; 2: usage errors, including errors in rules and tests. */
export const testCommand = defineCommand(commandNamed('test'));

/** The same as `weir pack test`. */
export const packTestCommand = defineCommand(commandNamed('pack test'));

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') throw new InvalidArgumentError('It must be like http://127.0.0.1:10000.');
  return url;
}

function parseRegex(text: string): TextSearch {
  try {
    return new TextSearch(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function parseChunkings(text: string): readonly Chunking[] {
  return text.split(',').map((size) => {
    if (size === 'whole') return 'whole';
    if (!/^[1-9]\d{0,8}$/.test(size)) throw new InvalidArgumentError('It must be "whole" or a number of bytes.');
    return Number(size);
  });
}

async function runCommand(paths: readonly string[], options: TestOptions, printer: Printer): Promise<TestReport> {
  const ignored = options.ignore === undefined ? new Map<string, string>() : readIgnoreList(options.ignore);
  const tests = selectTests(await testsAt(paths), options);
  if (tests.length === 0) throw new WafError('config.invalid', '--include and --exclude leave no test');
  if (options.front !== undefined) {
    if (options.log === undefined) throw new WafError('config.invalid', '--front needs --log');
    return runTests(tests, frontTarget({ url: options.front, auditLog: options.log }), { ignored });
  }
  const plan = await loadRulesForCommand('weir test', options.rules ?? [packOf(paths)], { options, printer });
  try {
    const profile = defaultProfile(plan);
    return await runTests(tests, engineTarget(asProfileWants(plan, profile), profile, options.chunks), {
      ignored,
      ruleIds: plan.ruleIds,
    });
  } finally {
    closePlan(plan);
  }
}

/** @throws WafError `config.invalid`, and `pack.malformed` for an archive that cannot be read. */
async function testsAt(paths: readonly string[]): Promise<readonly FtwTest[]> {
  if (!paths.some(isPackArchive)) return readTests(paths);
  const tests = paths.map(async (path) =>
    isPackArchive(path) ? testsOf(await filesOfPack(path), (name) => join(path, name)) : readTests([path]),
  );
  return distinctTests((await Promise.all(tests)).flat(), paths);
}

function selectTests(tests: readonly FtwTest[], { include, exclude }: TestOptions): readonly FtwTest[] {
  return tests.filter(({ id }) => (include?.test(id) ?? true) && !(exclude?.test(id) ?? false));
}

/** The pack that contains the first path, so that `weir test rules/starter` needs no options; else the starter pack. */
function packOf(paths: readonly string[]): string {
  const [first = '.'] = paths;
  if (isPackArchive(first)) return first;
  let folder = resolve(first);
  while (!existsSync(join(folder, 'pack.yaml'))) {
    if (folder === dirname(folder)) return starterPack;
    folder = dirname(folder);
  }
  return folder;
}
