import { describe, expect, it } from 'vitest';
import { readProcess } from '../../src/metrics/process-metrics.ts';

describe('readProcess', () => {
  it('reports processor, memory, event loop and garbage, the same on a second call', async () => {
    const names = (await readProcess()).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'weir_process_cpu_seconds_total',
        'weir_process_resident_memory_bytes',
        'weir_nodejs_eventloop_lag_p99_seconds',
        'weir_nodejs_gc_duration_seconds',
      ]),
    );
    expect((await readProcess()).map(({ name }) => name)).toStrictEqual(names);
  });

  it('has few series', async () => {
    const count = (await readProcess()).reduce((sum, { samples }) => sum + samples.length, 0);
    expect(count).toBeLessThan(60);
  });
});
