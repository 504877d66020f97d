// A compiled plan, kept for the next start next to the compiled patterns. It is used only by the same code with the same
// settings, and only if every file that was read for it is unchanged; packs are opened and checked against policy first. If it is
// damaged, the rules are compiled again, with a notice.

import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { wallClock } from '../base/clock.ts';
import { codeDigest } from '../base/code-digest.ts';
import { constants } from '../base/constants.ts';
import { asWafError } from '../base/errors.ts';
import { readKeptFile, writeKeptFile } from '../base/kept-file.ts';
import { nativeAddon } from '../matching/native.ts';
import type { NumberSearch } from '../matching/number-search.ts';
import { OpeningSets, packSets } from '../matching/opening-sets.ts';
import type { PatternSet } from '../matching/pattern-set.ts';
import {
  type CompiledProgram,
  type CompileProgramOptions,
  type ProgramPlan,
  type ProgramShape,
  programOver,
} from '../matching/program.ts';
import type { RuleSources } from '../pack/open-rules.ts';
import { closePlan } from '../plan/close-plan.ts';
import { type Makers, openImage, toImage } from '../plan/image.ts';
import type { Plan } from '../plan/plan.ts';
import { type Recipe, recipeOf } from '../plan/recipe.ts';
import { nameSelector, printedSelector } from '../plan/selector.ts';
import { isUnchanged, ReadRecorder, type ReadTrace } from '../seclang/read-trace.ts';
import { rulesById, rulesByMessage, rulesByTag } from './rule-control.ts';
import { testMakers } from './value-tests.ts';

/** What a plan is made from, besides files and packs. */
export interface KeptPlanOptions extends CompileProgramOptions {
  readonly cacheFolder: string;
  /** Settings that the plan depends on, as text. */
  readonly settings: string;
  /** Called with each file and folder that rules name. */
  readonly onFile?: ((path: string) => void) | undefined;
}

/** The content of the file, after what its pattern sets are made of. */
interface Kept {
  readonly trace: ReadTrace;
  readonly shape: ProgramShape;
  readonly plan: Plan;
}

const headBytes = 4;

/** The place of one plan in a cache folder. */
export class KeptPlan {
  /** The same sources, watched: use these if the plan must be compiled. */
  readonly sources: RuleSources;
  /** Notices for the user about the kept plan. */
  readonly notices: string[] = [];
  readonly #options: KeptPlanOptions;
  readonly #path: string;
  readonly #recorder = new ReadRecorder();
  readonly #roots: RuleSources['layouts'];

  constructor(sources: RuleSources, options: KeptPlanOptions) {
    this.#options = options;
    this.#roots = sources.layouts;
    this.#path = join(options.cacheFolder, `plan-${keyOf(sources, options.settings)}.image`);
    const layouts = sources.layouts.map((layout) => ({ ...layout, root: this.#recorder.watch(layout.root) }));
    this.sources = { ...sources, layouts };
  }

  /** Passes on a name, and records it. */
  readonly onFile = (path: string): void => {
    this.#recorder.note(path);
    this.#options.onFile?.(path);
  };

  /** The kept plan; undefined if there is none, or one of other files. */
  async restore(): Promise<Plan | undefined> {
    const bytes = readKeptFile(this.#path, constants.keptPlanBytesMax);
    if (bytes === undefined) return undefined;
    try {
      if (bytes === 'damaged') throw new Error('it is damaged');
      return await this.#open(bytes);
    } catch (thrown) {
      this.notices.push(`${this.#path} is not used, the rules are compiled again: ${asWafError(thrown).message}`);
      return undefined;
    }
  }

  /** Other threads open the sets while this one looks at the rest. */
  async #open(bytes: Buffer): Promise<Plan | undefined> {
    const [packed, plain] = partsOf(bytes);
    const opening = new OpeningSets(packed, this.#options.cacheFolder);
    try {
      const image = openImage(plain);
      const kept = image.value as Kept;
      const roots = this.#roots.map(({ root }) => root);
      if (!isUnchanged(kept.trace, roots)) return undefined;
      for (const name of kept.trace.noted) this.#options.onFile?.(name);
      noteUse(this.#path);
      const sets = await opening.take();
      return sets && madeWhole(kept, programOver(kept.shape, sets), image.makeParts);
    } finally {
      await opening.close();
    }
  }

  /** Keeps a plan. If that fails, it is only reported. */
  keep(plan: Plan, { shape, wanted }: ProgramPlan): void {
    const places = new Map(plan.sets.map((set, place) => [set as object, place]));
    const recipes = (part: object): Recipe | undefined => {
      const place = places.get(part);
      return place === undefined ? recipeOf(part) : { maker: 'set', of: [place] };
    };
    const ofOthers = { program: undefined, sets: [], numberSearches: [] };
    try {
      const image = toImage({ trace: this.#recorder.trace, shape, plan: { ...plan, ...ofOthers } }, recipes);
      const bytes = withParts(packSets(wanted), image);
      if (bytes.length <= constants.keptPlanBytesMax && writeKeptFile(this.#path, bytes)) {
        removeOldest(this.#options.cacheFolder);
      }
    } catch (thrown) {
      this.notices.push(`the compiled rules are not kept for the next start: ${asWafError(thrown).message}`);
    }
  }
}

/** What sets are made of comes first, in a number of bytes that stands before it. */
function withParts(packed: Uint8Array, image: Uint8Array): Uint8Array {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(packed.length);
  return Buffer.concat([head, packed, image]);
}

function partsOf(bytes: Buffer): readonly [packed: Uint8Array, image: Uint8Array] {
  const end = headBytes + bytes.readUInt32LE();
  return [bytes.subarray(headBytes, end), bytes.subarray(end)];
}

/** @throws the errors of makers; nothing is left open then. */
function madeWhole({ plan }: Kept, opened: CompiledProgram, makeParts: (makers: Makers) => void): Plan {
  const numberSearches: NumberSearch[] = [];
  const { program, distinctSets: sets } = opened;
  const whole = (): Plan => ({ ...plan, program, sets, numberSearches });
  try {
    makeParts({
      nameSelector,
      printedSelector,
      rulesById,
      rulesByTag,
      rulesByMessage,
      ...testMakers(numberSearches),
      set: (place: number) => sets[place] as PatternSet,
    });
    return whole();
  } catch (thrown) {
    closePlan(whole());
    throw thrown;
  }
}

/** Distinguishes plans, besides the contents of files. */
function keyOf({ layouts, packs, states, options }: RuleSources, settings: string): string {
  const parts = {
    code: codeDigest(),
    node: process.versions.node,
    library: nativeAddon().libraryVersion(),
    transformations: nativeAddon().transformNames(),
    settings,
    layouts: layouts.map(({ root, files, notices }) => ({
      folder: root.folder,
      isConfined: root.isConfined,
      files,
      notices,
    })),
    packs: packs.map(
      (pack) =>
        pack && {
          path: pack.path,
          manifest: pack.manifest,
          claim: pack.claim,
          signers: pack.signers,
          state: states.get(pack),
          isTrustAsked: options.trust !== undefined,
        },
    ),
  };
  const nothing = (): undefined => undefined;
  return createHash('sha256').update(toImage(parts, nothing)).digest('hex').slice(0, 32);
}

/** Marks a plan as used now: the least recently used are removed first. */
function noteUse(path: string): void {
  const now = wallClock();
  try {
    utimesSync(path, now, now);
  } catch {
    // The file is root's, or the folder is read-only.
  }
}

/** Plans that are no longer used, such as those of other settings, must not accumulate. */
function removeOldest(folder: string): void {
  const plans = readdirSync(folder).filter((name) => /^plan-[0-9a-f]{32}\.image$/.test(name));
  if (plans.length <= constants.keptPlansMax) return;
  const byAge = plans
    .map((name) => join(folder, name))
    .map((path) => ({ path, changedMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.changedMs - a.changedMs);
  for (const { path } of byAge.slice(constants.keptPlansMax)) rmSync(path, { force: true });
}
