// Rule files → Plan: directives, rules and updates in file order, then native pattern sets. Prints nothing: the result for every
// rule is in the plan's diagnostics.

import { monotonicMs } from '../base/clock.ts';
import { asWafError, WafError } from '../base/errors.ts';
import { Pace } from '../base/pace.ts';
import { runInTurns, type Steps } from '../base/turn.ts';
import { nativeAddon } from '../matching/native.ts';
import type { PatternSet, SetCompiler } from '../matching/pattern-set.ts';
import { openProgram, type ProgramPlan, planProgram } from '../matching/program.ts';
import { withMovedIds } from '../pack/moved-ids.ts';
import type { OpenPack, PackOptions } from '../pack/open-pack.ts';
import { openSources, type RuleSources, readSources } from '../pack/open-rules.ts';
import type { PackState } from '../pack/pack-use.ts';
import { translateInThread, translateWithThread } from '../pattern/translate-in-thread.ts';
import { TranslationCache } from '../pattern/translation-cache.ts';
import { bodyErrorDirections, bodyErrorsOf } from '../plan/body-error-rules.ts';
import { DiagnosticLog, describeDiagnostic } from '../plan/diagnostics.ts';
import { parseMacro } from '../plan/macro.ts';
import type { Plan, PlanPack } from '../plan/plan.ts';
import { relents } from '../plan/relenting-rules.ts';
import { applyDirective, defaultSettings, type SettingsDraft } from '../plan/settings.ts';
import { parseActions } from '../seclang/actions.ts';
import type { Directive, Rule, RuleFile, Statement } from '../seclang/ast.ts';
import { isPluginFile } from '../seclang/layout.ts';
import { PlacedText } from '../seclang/lexer.ts';
import type { LoadedRules, ReadRules } from '../seclang/load.ts';
import { SeclangError, SeclangErrors, shownProblems } from '../seclang/seclang-error.ts';
import { cacheFolderProblem } from './cache-folder.ts';
import { KeptPlan } from './kept-plan.ts';
import type { LinkContext } from './link-compiler.ts';
import { PatternRegistry } from './pattern-registry.ts';
import { layOutProgram } from './pattern-sets.ts';
import { RetentionList } from './retention.ts';
import { compileActions } from './rule-actions.ts';
import { identityOf, isRule, RuleCatalog } from './rule-catalog.ts';
import { RuleCompiler } from './rule-compiler.ts';
import { unmatchedReferences } from './unmatched.ts';
import { isRemoval, isUpdate, UpdateList } from './updates.ts';

/** Options for making a plan. */
export interface PlanOptions {
  /** Compiles pattern sets off the event loop; absent: in the calling thread, which is blocked. */
  readonly pool?: SetCompiler;
  /** What packs among the paths are checked against. */
  readonly packs?: PackOptions | undefined;
  /** Where compiled sets are kept for the next start; absent: nowhere. */
  readonly cacheFolder?: string;
  /** True: there are open exchanges, which the load must not delay; it takes longer. */
  readonly inBackground?: boolean;
  /** Called with each file and folder that rules name, before it is opened; possibly several times. */
  readonly onFile?: (path: string) => void;
  /** Changes what was read before it is compiled: settings and exclusions that are not in rule files. */
  readonly amend?: (files: readonly RuleFile[]) => readonly RuleFile[];
  /** Everything that `amend` depends on besides the files, as text; if there is an `amend` without it, the plan is not kept. */
  readonly amendedBy?: string;
  /** Called when a pattern set is ready. */
  readonly onProgress?: (done: number, total: number) => void;
  /** True: an unsupported rule is skipped and reported. False (default): it is an error, and all of them are listed. */
  readonly allowUnsupported?: boolean;
  /** True: rules and directives that cannot run are left out for any reason; see the diagnostics. For reports. */
  readonly keepGoing?: boolean;
}

/**
 * Loads rule files, folders or packs, in order, into a plan. Costs seconds for large rule sets without a cache.
 * @throws SeclangErrors for text that cannot be parsed, together with the rules that failed; WafError `plan.invalid` if rules
 * failed (or were skipped, unless that is allowed), each named with file and line; `pattern.compile` if native code refuses a
 * pattern.
 */
export async function loadPlan(paths: readonly string[], given: PlanOptions = {}): Promise<Plan> {
  const startMs = monotonicMs();
  const { options, notices: problems } = withUsableCache(given);
  const sources = await openSources(paths, options.packs);
  const kept = keptPlanOf(sources, options);
  const restored = await kept?.restore();
  if (kept !== undefined && restored !== undefined) return asLoaded(restored, sources, startMs);
  const read = await readSources(kept?.sources ?? sources, kept?.onFile ?? options.onFile);
  const { files, notices } = withMovedIds(options.amend?.(read.files) ?? read.files, read.moves);
  const { plan, program } = await compileParts({ ...read, files, notices: [...read.notices, ...notices] }, options);
  const loaded = { ...plan, profileDefaults: read.profileDefaults };
  kept?.keep(loaded, program);
  const told = [...plan.notices, ...problems, ...(kept?.notices ?? [])];
  return asLoaded({ ...loaded, notices: told }, sources, startMs);
}

/** The plan with information on this load, and on the packs as opened for it. */
function asLoaded(plan: Plan, { states }: RuleSources, startMs: number): Plan {
  const diagnostics = { ...plan.diagnostics, loadMs: monotonicMs() - startMs };
  return { ...plan, packs: [...states].map(planPackOf), diagnostics };
}

/**
 * Where a plan is kept; undefined if it is not. A load in the background does not restore one, because it would do in one turn
 * what it otherwise does in several.
 */
function keptPlanOf(sources: RuleSources, options: PlanOptions): KeptPlan | undefined {
  const { cacheFolder, amend, amendedBy, keepGoing, inBackground, allowUnsupported = false } = options;
  const isKnown = amend === undefined || amendedBy !== undefined;
  if (cacheFolder === undefined || keepGoing === true || inBackground === true || !isKnown) return undefined;
  const settings = JSON.stringify([allowUnsupported, amendedBy]);
  return new KeptPlan(sources, { ...options, cacheFolder, settings });
}

const planPackOf = ([{ path, manifest, claim }, { mode }]: readonly [OpenPack, PackState]): PlanPack => ({
  name: manifest.name ?? path,
  version: manifest.version ?? '',
  ...(claim === undefined ? {} : { digest: claim.digest }),
  mode: mode.kind,
  share: mode.kind === 'shadow' ? mode.percent : 100,
});

/** The same for rules that were already read, all or some. Only compiled patterns are kept. */
export async function compileLoaded(loaded: ReadRules, given: PlanOptions = {}): Promise<Plan> {
  const startMs = monotonicMs();
  const { options, notices } = withUsableCache(given);
  const { plan } = await compileParts({ ...loaded, notices: [...loaded.notices, ...notices] }, options);
  return { ...plan, diagnostics: { ...plan.diagnostics, loadMs: monotonicMs() - startMs } };
}

/** A plan, and the source of its native part. */
async function compileParts(
  loaded: ReadRules,
  options: PlanOptions,
): Promise<{ readonly plan: Plan; readonly program: ProgramPlan }> {
  const pace = new Pace();
  const translations = await runInTurns(TranslationCache.open(options.cacheFolder, pace));
  if (options.inBackground === true) await translateInThread(expressionsOf(loaded), translations);
  else if (options.pool !== undefined) await translateWithThread(expressionsOf(loaded), translations);
  const context = linkContext(loaded, translations);
  try {
    const parts = await runInTurns(compileRules(loaded, context, options, pace));
    await runInTurns(translations.save(pace));
    const { program, ...native } = await compileNative(context, options);
    const plan = {
      ...parts.rules,
      ...native.plan,
      retentions: context.retentions.finish(),
      diagnostics: parts.log.finish({ foldedCount: parts.foldedCount, loadMs: 0 }),
      packs: [],
      profileDefaults: [],
      notices: loaded.notices,
    };
    return { plan, program };
  } catch (error) {
    for (const search of context.numberSearches) search.close();
    throw error;
  }
}

/** The regular expressions of all rules. */
function expressionsOf({ files }: LoadedRules): readonly string[] {
  const links = files.flatMap(({ statements }) => statements.filter(isRule)).flatMap((rule) => [rule, ...rule.links]);
  return links.flatMap(({ operator }) => {
    const isExpression = operator?.name === 'rx' || operator?.name === 'rxGlobal';
    return isExpression && parseMacro(operator.argument).constant !== undefined ? [operator.argument] : [];
  });
}

function linkContext(loaded: LoadedRules, translations: TranslationCache): LinkContext {
  const names = nativeAddon().transformNames();
  return {
    registry: new PatternRegistry(),
    retentions: new RetentionList(),
    readData: loaded.data,
    translate: translations.translate,
    transformationIds: new Map(names.map((name, id) => [name, id])),
    numberSearches: [],
  };
}

/** The parts of a plan that do not need native objects. */
type RulesOfPlan = Pick<Plan, 'settings' | 'ruleIds' | 'bodyErrorRules' | 'mayRelent' | 'phases' | 'initialTx'>;

/** Compiles all statements, and collects in `context` what they need from native code. */
function* compileRules(
  loaded: ReadRules,
  context: LinkContext,
  options: PlanOptions,
  pace: Pace,
): Steps<{ readonly rules: RulesOfPlan; readonly foldedCount: number; readonly log: DiagnosticLog }> {
  const log = new DiagnosticLog();
  const compiler = new RuleCompiler(context, log);
  const statements = loaded.files.flatMap((file) => file.statements);
  const catalog = yield* RuleCatalog.of(statements, pace);
  const settings = yield* compileStatements(statements, { compiler, log, catalog, pace });
  const unmatched = catalog.isSpent ? [] : yield* unmatchedReferences(statements, catalog, pace);
  for (const one of unmatched) {
    log.add(isPluginFile(one.location.file) ? 'expected' : 'notice', one);
  }
  const { phases, initialTx, foldedCount } = yield* compiler.finish(pace);
  assertParsed(loaded.errors, log);
  assertLoaded(log, options);
  const bodyErrorRules = bodyErrorDirections(statements);
  const mayRelent = phases.some(relents);
  return {
    rules: { settings, ruleIds: compiler.ruleIds, bodyErrorRules, mayRelent, phases, initialTx },
    foldedCount,
    log,
  };
}

/** The parts of a plan that are native objects or refer to them. */
type NativeOfPlan = Omit<
  Plan,
  keyof RulesOfPlan | 'retentions' | 'diagnostics' | 'packs' | 'profileDefaults' | 'notices'
>;

async function compileNative(
  { registry, numberSearches }: LinkContext,
  options: PlanOptions,
): Promise<{ readonly plan: NativeOfPlan; readonly program: ProgramPlan }> {
  const layout = await runInTurns(layOutProgram(registry, new Pace()));
  const planned = await runInTurns(planProgram(layout, new Pace()));
  const { program, sets, distinctSets } = await openProgram(planned, options);
  const plan = {
    patterns: registry.plans((pattern) => {
      const place = layout.placeOfPattern.get(pattern);
      return place === undefined ? undefined : { set: sets[place.set] as PatternSet, chain: place.chain };
    }),
    program,
    sets: distinctSets,
    numberSearches,
    classes: layout.kindClasses,
    requestHeaderClasses: layout.requestHeaderClasses,
    responseHeaderClasses: layout.responseHeaderClasses,
    computedClasses: layout.computedClasses,
  };
  return { plan, program: planned };
}

/** The options without a cache folder that others could have written to, and a notice about it. */
function withUsableCache(options: PlanOptions): { readonly options: PlanOptions; readonly notices: readonly string[] } {
  const { cacheFolder, ...others } = options;
  const problem = cacheFolder === undefined ? undefined : cacheFolderProblem(cacheFolder);
  if (problem === undefined) return { options, notices: [] };
  return { options: others, notices: [`compiled patterns are not cached: ${problem}`] };
}

/** @throws SeclangErrors for text that cannot be parsed, together with all other errors. */
function assertParsed(errors: readonly SeclangError[], log: DiagnosticLog): void {
  if (errors.length === 0) return;
  const failed = log.problems.filter(({ kind }) => kind === 'failed');
  const others = failed.map(({ location, ruleId, reason }) => {
    const rule = ruleId === undefined ? '' : `rule ${ruleId}: `;
    return new SeclangError({ code: 'seclang.unsupported', location, text: '', reason: `${rule}${reason}` });
  });
  throw new SeclangErrors([...errors, ...others]);
}

/** @throws WafError `plan.invalid` naming every rule that cannot run, unless that is allowed. */
function assertLoaded(log: DiagnosticLog, { allowUnsupported = false, keepGoing = false }: PlanOptions): void {
  if (keepGoing) return;
  const refused = log.problems.filter(({ kind }) => kind === 'failed' || (kind === 'skipped' && !allowUnsupported));
  if (refused.length === 0) return;
  const lines = refused.map(describeDiagnostic);
  throw new WafError(
    'plan.invalid',
    `${refused.length} rules or directives cannot run:\n${shownProblems(lines).join('\n')}`,
  );
}

/** What statements are compiled into. */
interface StatementContext {
  readonly compiler: RuleCompiler;
  readonly log: DiagnosticLog;
  readonly catalog: RuleCatalog;
  readonly pace: Pace;
}

/** Directives and rules of all files, in order. Updates are collected first, because they apply to earlier and later rules. */
function* compileStatements(
  statements: readonly Statement[],
  { compiler, log, catalog, pace }: StatementContext,
): Steps<SettingsDraft> {
  const settings = defaultSettings();
  const updates = yield* collectUpdates(statements, catalog, log);
  for (const statement of statements) {
    switch (statement.kind) {
      case 'marker':
        compiler.addMarker(statement);
        break;
      case 'directive':
        if (!isUpdate(statement)) guarded(log, statement, () => compileDirective(settings, statement, compiler, log));
        break;
      default: {
        if (isUnreadable(statement)) break;
        const rule = updates.apply(statement);
        if (rule === undefined) noteRemoval(statement, log);
        else if (pace.isDue(compiler.addRule(rule))) yield;
      }
    }
    if (pace.isDue()) yield;
  }
  return settings;
}

/** Whether a part of a chain could not be parsed: that error is reported, and others would only be consequences. */
function isUnreadable(rule: Rule): boolean {
  return [rule, ...rule.links].some((link) => link.isUnreadable === true);
}

/** All removals and updates; none if they take too many steps, which is an error at the first one above the limit. */
function* collectUpdates(
  statements: readonly Statement[],
  catalog: RuleCatalog,
  log: DiagnosticLog,
): Steps<UpdateList> {
  let updates = new UpdateList(catalog);
  const directives = statements.filter(isUpdate);
  for (const directive of [...directives.filter(isRemoval), ...directives.filter((one) => !isRemoval(one))]) {
    try {
      yield* updates.add(directive);
    } catch (thrown) {
      noteError(log, directive, thrown);
      if (!catalog.isSpent) continue;
      updates = new UpdateList(catalog);
      break;
    }
  }
  return updates;
}

/** Removing the rule that stops bodies which cannot be decoded has a consequence that the user should know. */
function noteRemoval(rule: Rule, log: DiagnosticLog): void {
  const direction = bodyErrorsOf(rule);
  if (direction === undefined) return;
  const reason = `the rule is removed: ${direction} bodies that cannot be decoded pass, unless another rule stops them`;
  log.add('notice', { location: rule.location, ruleId: identityOf(rule).id, reason });
}

function compileDirective(
  settings: SettingsDraft,
  directive: Directive,
  compiler: RuleCompiler,
  log: DiagnosticLog,
): void {
  if (directive.name === 'SecDefaultAction') {
    const text = new PlacedText(directive.arguments[0] ?? '', directive.location);
    compiler.setDefaults(compileActions(parseActions(text)));
    return;
  }
  const outcome = applyDirective(settings, directive);
  if (outcome === 'unknown') throw new WafError('seclang.unsupported', `directive ${directive.name}`);
  if (outcome !== 'applied') {
    log.add('ignored', { location: directive.location, reason: `${directive.name}: ${outcome.ignored}` });
  }
}

/** Runs a step; an error becomes a diagnostic at the directive. */
function guarded(log: DiagnosticLog, directive: Directive, step: () => void): void {
  try {
    step();
  } catch (thrown) {
    noteError(log, directive, thrown);
  }
}

function noteError(log: DiagnosticLog, { location }: Directive, thrown: unknown): void {
  const { code, message } = asWafError(thrown);
  log.add(code === 'seclang.unsupported' ? 'skipped' : 'failed', { location, reason: message });
}
