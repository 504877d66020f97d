// A report on the cost of rules, as text for people. Formats only.

import type { CostReport } from './rule-cost.ts';

/** Rules that people are shown; JSON has all of them. */
const shownRulesMax = 20;

/** Lines of the report, the most expensive rules first, each with its location in the format of editors and compilers. */
export function costLines({
  corpusBytes,
  withoutRulesMicrosecondsPerKiB,
  medianMicrosecondsPerKiB,
  rules,
}: CostReport): string[] {
  const rows = rules.slice(0, shownRulesMax).map(({ file, line, ruleId, microsecondsPerKiB }) => {
    const times =
      medianMicrosecondsPerKiB === 0 ? '-' : `${(microsecondsPerKiB / medianMicrosecondsPerKiB).toFixed(1)}x`;
    const rule = ruleId === undefined ? '' : `  rule ${ruleId}`;
    return `  ${microsecondsPerKiB.toFixed(2).padStart(9)}  ${times.padStart(7)}  ${file}:${line}${rule}`;
  });
  const more = rules.length - rows.length;
  return [
    `cost, measured rule by rule on ${Math.round(corpusBytes / 1024)} KiB of ordinary exchanges, in us per KiB: median ${medianMicrosecondsPerKiB.toFixed(2)} of ${rules.length} rules, ${withoutRulesMicrosecondsPerKiB.toFixed(2)} without any`,
    '  us per KiB   median',
    ...rows,
    ...(more > 0 ? [`  and ${more} that cost less`] : []),
  ];
}
