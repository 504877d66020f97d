// Rules are loaded and replaced again and again, with an exchange on each: what stays in memory? Prints resident memory on the way. Status
// 1 when it is `--max-growth` percent higher at the end than after a fifth of the rounds, or when native objects are left.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collectGarbage } from '../../src/base/collect-garbage.ts';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { CompilePool } from '../../src/matching/compile-pool.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import { Inspection } from '../../src/transaction/inspection.ts';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: 'rules/starter' },
    rounds: { type: 'string', default: '1000' },
    'max-growth': { type: 'string', default: '5' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  console.log('node bench/micro/replace.ts [--rules PATH] [--rounds N] [--max-growth PERCENT]');
  process.exit(0);
}

const rounds = Number(values.rounds);
const MiB = 1024 * 1024;
const head = {
  method: 'GET',
  target: '/?q=1%27+union+select+password+from+users--+-',
  protocol: 'HTTP/1.1',
  headers: [{ name: 'host', value: 'shop.example' }],
  remoteAddress: '192.0.2.1',
  remotePort: 1,
};

const residentBytes = (): number => {
  collectGarbage({ type: 'major' });
  return process.memoryUsage().rss;
};

const pool = new CompilePool();
// Compiled once: the question is what loading leaves behind.
const cacheFolder = mkdtempSync(join(tmpdir(), 'weir-replace-'));
const load = () => loadPlan([values.rules], { pool, cacheFolder });

/** An exchange that begins on one plan and ends after it was replaced. Returns the rules that matched. */
async function replaceUnderAnExchange(handle: PlanHandle): Promise<number> {
  const lease = handle.lease();
  const inspection = new Inspection(lease.plan, { requestId: 'bench', limits });
  handle.replace(await load());
  inspection.side('request').head(head, true);
  const { matches } = inspection.close();
  lease.release();
  return matches.length;
}

const handle = new PlanHandle(await load());
let earlyBytes = 0;
for (let round = 1; round <= rounds; round += 1) {
  if ((await replaceUnderAnExchange(handle)) === 0) throw new Error(`the attack of round ${round} was not found`);
  if (round === Math.ceil(rounds / 5)) earlyBytes = residentBytes();
  if (round % Math.ceil(rounds / 10) === 0) {
    console.log(`${round} of ${rounds}: ${(residentBytes() / MiB).toFixed(1)} MiB, ${handle.openPlans} plan open`);
  }
}
const growth = 100 * (residentBytes() / earlyBytes - 1);
handle.close();
await pool.close();
rmSync(cacheFolder, { recursive: true });
const { patternSets, scanPrograms, streams, numberSearches } = nativeAddon().openHandles();
const left = patternSets + scanPrograms + streams + numberSearches;
console.log(
  `memory grew by ${growth.toFixed(1)} % since round ${Math.ceil(rounds / 5)}; ${left} native objects are left`,
);
process.exitCode = growth <= Number(values['max-growth']) && left === 0 ? 0 : 1;
