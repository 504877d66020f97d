// A short replay of every fuzz target of TypeScript: its corpus, its seeds, and a few inputs made of them. The native ones are
// replayed by the native tests (test/native/fuzz_replay_test.cc). `npm run fuzz` searches.

import { describe, expect, it } from 'vitest';
import { readCorpus } from './corpus.ts';
import { runSession } from './session.ts';
import { targetList } from './target-list.ts';

const inventedRuns = 80;

describe('the fuzz target', { concurrent: true }, () => {
  for (const { name, about } of targetList.filter(({ kind }) => kind === 'typescript')) {
    it(`${name} holds for its corpus: ${about}`, async () => {
      const { progress, findings } = await runSession({
        target: name,
        module: `./targets/${name}.ts`,
        seed: 7,
        msMax: Number.POSITIVE_INFINITY,
        runsMax: inventedRuns,
        wantsCorpus: false,
        shortens: false,
      });
      const [first] = findings;
      expect(
        findings.length,
        `${first?.error}\nfor ${JSON.stringify(Buffer.from(first?.input ?? []).toString('latin1'))}`,
      ).toBe(0);
      expect(progress.runs, 'inputs were left out').toBeGreaterThanOrEqual(readCorpus(name).length + inventedRuns);
    });
  }

  it('has a corpus, each', () => {
    const empty = targetList.filter(({ name }) => readCorpus(name).length === 0);
    expect(empty).toStrictEqual([]);
  });
});
