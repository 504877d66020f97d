// How fast is the native scan of one class of fields, without the rule engine around it? `node bench/micro/scan.ts [CRS FOLDER]` prints
// microseconds per value and MB/s for the class of arguments on corpora of values.

import { loadPlan } from '../../src/compile/compile.ts';
import { createBatchHits, FieldBatch, scanBatch } from '../../src/matching/scan.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { createHtml, createJson, createNoise, createProse } from '../corpora/text.ts';

const budgetMs = 400;

/** The values of all leaves of a JSON document. */
function leavesOf(json: string): string[] {
  const leaves: string[] = [];
  JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== 'object') leaves.push(String(value));
    return value;
  });
  return leaves;
}

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `json.customers.${n}.address.street`);
}

const corpora: Readonly<Record<string, readonly string[]>> = {
  'json leaves': leavesOf(createJson(5, 10_000)),
  'json names': namesOf(400),
  'form values': [60, 80, 40, 100, 70, 90, 50].map((length, n) => createProse(n + 1, length)),
  'prose 10k': [createProse(77, 10_000)],
  'html 2k': createHtml(3, 20_000).match(/.{1,2000}/gs) ?? [],
  'noise 10k': [createNoise(99, 10_000)],
};

/** Best of several repetitions, microseconds for the whole corpus. */
function time(
  plan: Plan,
  fieldClass: number,
  values: readonly string[],
): { readonly us: number; readonly hits: number } {
  const batch = new FieldBatch();
  for (const value of values) batch.add(fieldClass, value);
  const hits = createBatchHits();
  let us = Infinity;
  let count = 0;
  const start = performance.now();
  for (let n = 0; n < 20 || performance.now() - start < budgetMs; n += 1) {
    const before = performance.now();
    count = scanBatch(plan.program, batch, hits);
    us = Math.min(us, (performance.now() - before) * 1000);
  }
  return { us, hits: count };
}

const folder = process.argv[2] ?? process.env.WEIR_CRS ?? '../shared/crs';
const plan = await loadPlan([folder], { allowUnsupported: true, cacheFolder: '.cache/pattern-sets' });
const fieldClass = plan.classes[fieldKind('ARGS_GET')]?.native ?? -1;
for (const [name, values] of Object.entries(corpora)) {
  const bytes = values.reduce((sum, value) => sum + value.length, 0);
  const { us, hits } = time(plan, fieldClass, values);
  const perValue = (us / values.length).toFixed(2).padStart(8);
  process.stdout.write(
    `${name.padEnd(12)} ${String(values.length).padStart(4)} values ${perValue} us a value ${(bytes / us).toFixed(1).padStart(7)} MB/s ${hits} hits\n`,
  );
}
closePlan(plan);
