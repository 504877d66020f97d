// Where node:zlib differs from Weir, on purpose.

import type { Exception } from './trial.ts';

/** All of them. */
export const codingExceptions: readonly Exception[] = [];
