// `npm run chaos`: faults under load through a real Envoy, then a list of all faults that Weir must survive, each with its evidence. Status
// 1: a fault did not hold. `npm run chaos -- --only kill --exchanges 500`, `--only little-memory --minutes 10`.

import { parseArgs } from 'node:util';
import { type FaultResult, faults, runFault } from './faults.ts';
import { rows } from './rows.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    exchanges: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '0' },
  },
});
const unknown = (values.only ?? []).filter((name) => !faults.some((fault) => fault.name === name));
if (unknown.length > 0) {
  console.error(`no fault ${unknown.join(', ')}; there are: ${faults.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const results: FaultResult[] = [];
for (const fault of faults) {
  if (values.only !== undefined && !values.only.includes(fault.name)) continue;
  const result = await runFault(fault, Number(values.exchanges), { timed: true, minutes: Number(values.minutes) });
  results.push(result);
  console.log(`${fault.name.padEnd(12)} ${outcomeOf(result)}`);
}

console.log(`\n| | Fault | Passes when | Shown by |\n|---|---|---|---|`);
for (const { id, fault, passes, chaos = [], tests = [], open } of rows) {
  const ran = chaos.map((name) => {
    const result = results.find((one) => one.name === name);
    return `chaos ${name}: ${result === undefined ? 'not run' : outcomeOf(result)}`;
  });
  const shown = [...ran, ...tests, ...(open === undefined ? [] : [`open: ${open}`])];
  console.log(`| ${id} | ${fault} | ${passes} | ${shown.join('; ')} |`);
}
process.exitCode = results.some(({ problems }) => problems.length > 0) ? 1 : 0;

function outcomeOf({ skipped, problems }: FaultResult): string {
  if (skipped !== undefined) return `SKIPPED: ${skipped}`;
  return problems.length === 0 ? 'held' : `BROKEN: ${problems.join('; ')}`;
}
