import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { machineSeconds, peakBytesOf, processorSecondsOf, resetPeaks, treeOf } from '../../../bench/e2e/processes.ts';
import { until } from '../../support/until.ts';

describe('processes', () => {
  it('are counted with all descendants, including those of threads and those with unusual names', async () => {
    // A shell that starts a shell; the inner one works until its input ends.
    const inner = 'exec -a ") 1 2 3 (" sh -c "while :; do :; done"';
    const child = spawn('bash', ['-c', `bash -c '${inner}' & cat; kill $!`], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const { pid } = child;
    expect.assert(pid);
    try {
      const tree = await until('the shell has started both', () => {
        const pids = treeOf(pid);
        return pids.length === 3 && pids;
      });
      expect(tree[0]).toBe(pid);
      expect(treeOf(process.pid)).toEqual(expect.arrayContaining([process.pid, ...tree]));
      await until('the inner shell has worked', () => processorSecondsOf(tree) >= 0.03);
      expect(machineSeconds()).toBeGreaterThan(processorSecondsOf(tree));
      expect(peakBytesOf(tree)).toBeGreaterThan(peakBytesOf([pid]));
      resetPeaks(tree);
      expect(peakBytesOf(tree)).toBeGreaterThan(0);
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
    expect(treeOf(pid)).toStrictEqual([pid]);
    expect([processorSecondsOf([pid]), peakBytesOf([pid])]).toStrictEqual([0, 0]);
  });
});
