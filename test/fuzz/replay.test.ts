// A short replay of every fuzz target of TypeScript: its corpus, its seeds, and a few inputs made of them. The native ones are
// replayed by the native tests (test/native/fuzz_replay_test.cc). `npm run fuzz` searches.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCorpus } from './corpus.ts';
import { runSession } from './session.ts';
import { targetList } from './target-list.ts';

const inventedRuns = 80;

describe('the fuzz target', { concurrency: 2 }, () => {
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
      assert.equal(
        findings.length,
        0,
        `${first?.error}\nfor ${JSON.stringify(Buffer.from(first?.input ?? []).toString('latin1'))}`,
      );
      assert.ok(progress.runs >= readCorpus(name).length + inventedRuns, 'inputs were left out');
    });
  }

  it('has a corpus, each', () => {
    const empty = targetList.filter(({ name }) => readCorpus(name).length === 0);
    assert.deepEqual(empty, []);
  });
});
