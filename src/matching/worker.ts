// What pool threads run: compilation of pattern sets, and slices of scans. Holds no state between tasks; everything it
// touches is named by handle.

import { WafError } from '../base/errors.ts';
import { type NativeHandle, type NativePattern, nativeAddon, type SetUse } from './native.ts';

/** Work for a pool thread. Arrays over shared memory are read and written in place. */
export type WorkerTask =
  | {
      readonly kind: 'compile';
      readonly patterns: readonly NativePattern[];
      readonly cacheFolder: string | undefined;
      readonly use: SetUse;
    }
  | {
      readonly kind: 'scan';
      readonly program: NativeHandle;
      readonly slab: Uint8Array;
      readonly table: Uint32Array;
      readonly fieldCount: number;
      readonly hits: Uint32Array;
    }
  | {
      readonly kind: 'feed';
      readonly stream: NativeHandle;
      readonly chunk: Uint8Array;
      readonly hits: Uint32Array;
      readonly flush: boolean;
    };

/** What a task answers: a handle or a count; errors as plain values, because a class does not survive the way back. */
export type WorkerAnswer = { readonly value: number } | { readonly code: WafError['code']; readonly message: string };

function perform(task: WorkerTask): number {
  const native = nativeAddon();
  switch (task.kind) {
    case 'compile':
      return native.compilePatternSet(task.patterns, task.cacheFolder, task.use);
    case 'scan':
      return native.scanBatch(task.program, task.slab, task.table, task.fieldCount, task.hits);
    case 'feed':
      return native.feedStream(task.stream, task.chunk, task.hits, task.flush);
  }
}

/** Entry point of a pool thread. */
export default function runTask(task: WorkerTask): WorkerAnswer {
  try {
    return { value: perform(task) };
  } catch (error) {
    if (error instanceof WafError) return { code: error.code, message: error.message };
    throw error;
  }
}
