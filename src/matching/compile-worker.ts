// Runs in the threads of the compile pool. Holds no state between tasks; native objects are referred to by handle.

import { WafError } from '../base/errors.ts';
import { type NativePattern, nativeAddon, type SetUse } from './native.ts';

/** A set of patterns to compile. */
export interface CompileTask {
  readonly patterns: readonly NativePattern[];
  readonly cacheFolder: string | undefined;
  readonly use: SetUse;
}

/** The result of a task: the set's handle; errors as plain values, because classes do not survive the transfer. */
export type CompileAnswer = { readonly handle: number } | { readonly code: WafError['code']; readonly message: string };

/** Entry point of a pool thread. */
export default function compile({ patterns, cacheFolder, use }: CompileTask): CompileAnswer {
  try {
    return { handle: nativeAddon().compilePatternSet(patterns, cacheFolder, use) };
  } catch (error) {
    if (error instanceof WafError) return { code: error.code, message: error.message };
    throw error;
  }
}
