import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { processCountForm, processesFor } from '../../src/config/process-count.ts';

describe('processesFor', () => {
  it('is the given number, or one per core', () => {
    expect(processesFor(3)).toBe(3);
    expect(processesFor('auto')).toBe(Math.min(availableParallelism(), 256));
    expect(processCountForm).toBe('a whole number from 1 to 256, or auto');
  });
});
