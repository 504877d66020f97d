// `weir explain`: what the rules do with one request (and response), step by step. Parses options and reads files, prints the
// explanation, chooses the exit code; the rest is in src/explain.

import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { WafError } from '../base/errors.ts';
import { configOf } from '../config/config.ts';
import { type FileSettings, loadConfig } from '../config/load.ts';
import { asProfileWants, withPackDefaults } from '../config/pack-defaults.ts';
import type { ProfileConfig } from '../config/profiles.ts';
import { type Exchange, explainExchange } from '../explain/explain-exchange.ts';
import { type ExplanationForm, explanationForms, formatExplanation } from '../explain/format.ts';
import { parseRequest } from '../ftw/http-parser.ts';
import { parseResponse } from '../ftw/response-parser.ts';
import type { PackOptions } from '../pack/open-pack.ts';
import type { PackUse } from '../pack/pack-use.ts';
import { closePlan } from '../plan/close-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { RuleFile } from '../seclang/ast.ts';
import { amended } from '../server/rule-sets.ts';
import { commonExitCodes, defineCommand } from './define-command.ts';
import { addRuleOptions, loadRulesForCommand, type RuleOptions } from './load-rules.ts';
import { packsOf } from './pack-policies.ts';
import type { Printer } from './printer.ts';
import { buildRequest, type DataFlag, readFile } from './request-flags.ts';

/** The command line, parsed. */
interface ExplainOptions extends RuleOptions {
  readonly rules?: readonly string[];
  readonly config?: string;
  readonly profile?: string;
  readonly client?: string;
  readonly request?: string;
  readonly header?: readonly string[];
  /** The flags for the body, parsed. */
  readonly parts?: readonly DataFlag[];
  readonly raw?: string;
  readonly response?: string;
  readonly rule?: number;
  readonly all?: true;
  readonly output: ExplanationForm;
}

/** `weir explain`. Exit code 1: the exchange is blocked or refused; 2: usage errors, including errors in rules. */
export const explainCommand = defineCommand<ExplainOptions>({
  name: 'explain',
  summary: 'show what the rules do with one request, field by field and match by match; sends nothing',
  options: (command) =>
    addRuleOptions(
      command
        .argument('[url]', 'http://HOST/PATH?QUERY, or only a path; not normalized')
        .option('-X, --request <method>', 'the method (default: GET, or POST with a body)')
        .option(
          '-H, --header <line>',
          '"Name: value"; "Name:" removes a header, "Name;" sends it empty; can be repeated',
          collect,
        )
        .addOption(
          dataOption(command, '-d, --data <text>', 'part of the body, or @FILE; parts are joined by &', 'data'),
        )
        .addOption(dataOption(command, '--data-raw <text>', 'the same, without a special meaning of @', 'raw'))
        .addOption(dataOption(command, '--data-binary <text>', 'the same, with @FILE read byte for byte', 'binary'))
        .addOption(
          dataOption(command, '--data-urlencode <text>', 'the same, encoded: TEXT, NAME=TEXT, NAME@FILE', 'urlencode'),
        )
        .option('--raw <file>', 'read a complete HTTP/1 request from a file instead (- for standard input)')
        .option('--client <address>', 'the address of the client (default: 127.0.0.1)')
        .option('-c, --config <file>', 'configuration file of `weir serve`: its rules, mode, limits and failure policy')
        .option('--profile <name>', 'the profile of the configuration file (default: default)')
        .option('--response <file>', 'read a complete HTTP/1 response from a file, for rules on responses')
        .addOption(
          new Option('--rule <id>', 'show what one rule looks at, and why it matches or not').argParser(parseRuleId),
        )
        .option('--rules <path...>', 'rule files, folders or packs, in order, in place of the starter pack')
        .option('--allow-unsupported', 'skip and report rules that Weir cannot run, instead of refusing')
        .option('--all', 'include bookkeeping rules (`nolog,pass`), and field names as fields')
        .addOption(
          new Option('--output <format>', 'format of the explanation').choices(explanationForms).default('human'),
        ),
    ),
  run: async ({ args: [url], options: given, printer }) => {
    const { request, options } = splitRules(url as string | undefined, given);
    return explain(requestBytes(request, options), options, printer);
  },
});

const collect = (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text];

/** A flag that adds to the body. The parts from all such flags are kept together, in order. */
function dataOption(command: Command, flags: string, description: string, kind: DataFlag['kind']): Option {
  return new Option(flags, description).argParser((text) => {
    const earlier: readonly DataFlag[] = command.getOptionValue('parts') ?? [];
    command.setOptionValue('parts', [...earlier, { kind, text }]);
    return text;
  });
}

function parseRuleId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be the id of a rule, a number.');
  return Number(text);
}

/** `--rules A B http://…` would take the URL as another path of rules. */
function splitRules(
  url: string | undefined,
  options: ExplainOptions,
): { readonly request: string | undefined; readonly options: ExplainOptions } {
  const last = options.rules?.at(-1);
  if (url !== undefined || last === undefined || !/^https?:\/\//i.test(last)) return { request: url, options };
  const rules = options.rules?.slice(0, -1) ?? [];
  const { rules: _, ...rest } = options;
  return { request: last, options: rules.length > 0 ? { ...rest, rules } : rest };
}

function requestBytes(url: string | undefined, options: ExplainOptions): Uint8Array {
  const { raw, request, header, parts = [] } = options;
  if (raw === undefined) {
    if (url === undefined) {
      throw new WafError('config.invalid', 'give a URL, or --raw FILE (put a path before --rules, or after --)');
    }
    return buildRequest({ url, method: request, headers: header ?? [], parts });
  }
  if (url !== undefined || request !== undefined || header !== undefined || parts.length > 0) {
    throw new WafError(
      'config.invalid',
      '--raw gives the complete request: do not combine it with a URL, -X, -H or -d',
    );
  }
  return readFile(raw);
}

async function explain(bytes: Uint8Array, options: ExplainOptions, printer: Printer): Promise<number> {
  const request = parseRequest(bytes);
  if (request.kind === 'refused') {
    printer.print(`refused with ${request.status} before any rule runs: ${request.reason}\n`);
    return commonExitCodes.failed;
  }
  const exchange: Exchange = { request, response: responseOf(options), client: clientOf(options) };
  const { policies, ...profile } = profileOf(options);
  const amend = (files: readonly RuleFile[]) => amended(files, profile);
  const plan = await loadRulesForCommand('weir explain', profile.rules, { options, printer, amend, policies });
  try {
    const ruleId = knownRule(options, plan);
    const completed = withPackDefaults(profile, plan.profileDefaults);
    const { limits, failurePolicy } = completed;
    const rules = asProfileWants(plan, completed);
    const explanation = await explainExchange(rules, exchange, { limits, failurePolicy, ruleId });
    printer.print(formatExplanation(explanation, { form: options.output, isComplete: options.all === true }));
    return explanation.verdict.kind === 'block' ? commonExitCodes.failed : commonExitCodes.done;
  } finally {
    closePlan(plan);
  }
}

/** @throws WafError `config.invalid` for a rule that does not exist. */
function knownRule({ rule: id }: ExplainOptions, { ruleIds }: Plan): number | undefined {
  if (id === undefined || ruleIds.has(id)) return id;
  throw new WafError('config.invalid', `--rule ${id}: no rule with this id is loaded, or SecRuleRemove… removed it`);
}

/** The requested profile. @throws WafError `config.invalid` if it does not exist. */
function profileOf(options: ExplainOptions): ProfileConfig & { readonly policies: PackOptions } {
  const { config, rules, profile = 'default' } = options;
  const { cache: _, trust, lock, ...file }: FileSettings = config === undefined ? {} : loadConfig(config);
  const override = rules === undefined ? {} : { rules, override: { rules } };
  const found = configOf({ ...file, ...override }).profiles.get(profile);
  if (found !== undefined) {
    return { ...found, policies: { ...packsOf(options, { trust, lock }), uses: found.packUses.map(inWholeShare) } };
  }
  throw new WafError('config.invalid', `--profile ${profile}: there is no such profile in the configuration`);
}

/** An explained exchange is in every shadow share, because the user wants to see what the rules find. */
function inWholeShare(use: PackUse): PackUse {
  return use.mode?.kind === 'shadow' ? { ...use, mode: { kind: 'shadow', percent: 100 } } : use;
}

/** @throws WafError `config.invalid` for something that is not an address: no rule would ever match it. */
function clientOf({ client }: ExplainOptions): string | undefined {
  if (client === undefined || isIP(client) !== 0) return client;
  throw new WafError('config.invalid', `--client ${client}: not an IP address`);
}

function responseOf({ response: file }: ExplainOptions): Exchange['response'] {
  if (file === undefined) return undefined;
  const response = parseResponse(readFile(file));
  if (response.kind === 'refused') throw new WafError('config.invalid', `--response ${file}: ${response.reason}`);
  return response;
}
