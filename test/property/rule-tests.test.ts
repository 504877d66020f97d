// However bodies are cut, the exchanges of rule tests get the same verdicts: all of the starter pack's, a sample of OWASP CRS's.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { parseRequest } from '../../src/ftw/http-parser.ts';
import { buildRequest } from '../../src/ftw/request-builder.ts';
import type { FtwTest } from '../../src/ftw/suite.ts';
import { readTests } from '../../src/ftw/suite-reader.ts';
import { answerOf } from '../../src/ftw/upstream.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { assertCutsDoNotShow } from '../support/cut-checks.ts';
import { type CutExchange, cutSeed } from '../support/cut-exchanges.ts';

const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
const starter = join(import.meta.dirname, '../../rules/starter');
const crsSettings = join(import.meta.dirname, '../conformance/crs/settings.conf');

/** Every n-th CRS test with a body is used. */
const crsStride = 40;

/** The exchanges of tests that have a body in either direction. */
function exchangesOf(tests: readonly FtwTest[]): readonly CutExchange[] {
  return tests.flatMap((test) =>
    test.stages.flatMap((stage, index) => {
      const request = parseRequest(buildRequest(stage.input));
      if (request.kind === 'refused') return [];
      const response = answerOf(request);
      if (request.body.length === 0 && response.body.length === 0) return [];
      return [{ ...request, title: `${test.id}, stage ${index + 1}`, response }];
    }),
  );
}

describe(`cuts do not affect the starter pack's tests (seed ${cutSeed})`, () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([starter], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  it('at every offset and in pieces of 1 to 64 bytes', () => {
    const options = { seed: cutSeed, twoWayMax: 300, manyWayRuns: 4 };
    for (const exchange of exchangesOf(readTests([join(starter, 'tests')]))) {
      assertCutsDoNotShow(plan, exchange, options);
    }
  });
});

describe.skipIf(crsMissing)(`cuts do not affect a sample of CRS's tests (seed ${cutSeed})`, () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([crsSettings, crsFolder], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  it('at every offset and in pieces of 1 to 64 bytes', () => {
    const all = exchangesOf(readTests([join(crsFolder, 'tests')]));
    const sample = all.filter((_, index) => (index + cutSeed) % crsStride === 0);
    for (const exchange of sample) {
      assertCutsDoNotShow(plan, exchange, { seed: cutSeed, twoWayMax: 120, manyWayRuns: 4 });
    }
  });
});
