// How many servers share the work: a number, or one per core. Knows no file and no command line.

import { availableParallelism } from 'node:os';
import { constants } from '../base/constants.ts';

/** As written in the file or on the command line. */
export type ProcessCount = number | 'auto';

/** The allowed values, in words. */
export const processCountForm: string = `a whole number from 1 to ${constants.processesMax}, or auto`;

/** The number of processes. */
export const processesFor = (count: ProcessCount): number =>
  count === 'auto' ? Math.min(availableParallelism(), constants.processesMax) : count;
