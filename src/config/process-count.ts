// How many servers share the work: a number, or one a core. Knows no file and no command line.

import { availableParallelism } from 'node:os';
import { constants } from '../base/constants.ts';

/** As it is written. */
export type ProcessCount = number | 'auto';

/** What may be written, in words. */
export const processCountForm: string = `a whole number from 1 to ${constants.processesMax}, or auto`;

/** The number of processes. */
export const processesFor = (count: ProcessCount): number =>
  count === 'auto' ? Math.min(availableParallelism(), constants.processesMax) : count;
