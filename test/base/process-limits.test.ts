import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitTable } from '../../src/base/limits.ts';
import { processLimits } from '../../src/base/process-limits.ts';

const src = resolve(import.meta.dirname, '../../src');

/** Sources that run once for a process, not for an exchange. */
function sourcesOfProcess(): readonly string[] {
  const folders = ['admin', 'ext-proc', 'metrics', 'server', 'supervise', 'telemetry'].flatMap((room) =>
    readdirSync(join(src, room)).map((file) => join(src, room, file)),
  );
  const files = folders.filter((path) => path.endsWith('.ts') && !/ext-proc\/service|fixed-settings/.test(path));
  const shared = [
    'base/held-memory.ts',
    'evaluate/persistent-collections.ts',
    'shadow/shadow-runs.ts',
    'transaction/record-sinks.ts',
  ].map((file) => join(src, file));
  return [...files, ...shared].map((path) => readFileSync(path, 'utf8'));
}

describe('processLimits', () => {
  it('are the limits read by code that runs once per process', () => {
    const sources = sourcesOfProcess();
    const read = Object.keys(limitTable).filter((name) =>
      sources.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
    );
    expect(read.sort((a, b) => a.localeCompare(b))).toStrictEqual([...processLimits]);
  });
});
