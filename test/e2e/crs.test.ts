// The regression tests of the OWASP Core Rule Set through a real Envoy with Weir behind it: all of them, at paranoia level
// 4. Expected failures are in conformance/crs/exceptions-envoy.yaml, with what Envoy does to the request.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessLogEntry, Envoy } from '../../demo/stack/envoy.ts';
import { WeirProcess } from '../../demo/stack/weir-process.ts';
import { frontTarget } from '../../src/ftw/front-target.ts';
import { readIgnoreList } from '../../src/ftw/ignore-list.ts';
import type { StageOutcome } from '../../src/ftw/outcome.ts';
import { formatReport } from '../../src/ftw/report.ts';
import { runTests, type Target } from '../../src/ftw/runner.ts';
import { readTests } from '../../src/ftw/suite-reader.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { type FtwUpstream, startFtwUpstream } from '../support/ftw-upstream.ts';
import { transportOfTests } from '../support/transports.ts';

const folder = join(import.meta.dirname, '..', 'conformance', 'crs');
const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
const exceptions = readIgnoreList(join(folder, 'exceptions-envoy.yaml'));

/** How many of the 5,003 tests of CRS 4.28 must pass. */
const passedMin = 4_985;

describe.skipIf(crsMissing)('the CRS regression tests through Envoy', () => {
  const work = mkdtempSync(join(tmpdir(), 'weir-crs-'));
  const auditLog = join(work, 'audit.log');
  let upstream: FtwUpstream;
  let weir: WeirProcess;
  let envoy: Envoy;

  beforeAll(async () => {
    writeFileSync(auditLog, '');
    upstream = await startFtwUpstream();
    weir = await WeirProcess.start({
      transport: transportOfTests,
      rules: [join(folder, 'settings.conf'), crsFolder],
      args: ['--audit-log', auditLog, '--log-values', '--cache', cacheFolder],
    });
    envoy = await Envoy.start({ weir: [weir.address], upstream: { port: upstream.port }, forRuleTests: true });
  });
  afterAll(async () => {
    await envoy?.stop();
    await weir?.stop();
    await upstream?.stop();
    rmSync(work, { recursive: true });
  });

  it('pass', async () => {
    const tests = readTests([join(crsFolder, 'tests')]);
    const send = frontTarget({ url: new URL(`http://127.0.0.1:${envoy.frontPort}`), auditLog });
    const seen: StageOutcome[] = [];
    const target: Target = async (requests) => {
      const outcomes = await send(requests);
      seen.push(...outcomes);
      return outcomes;
    };
    const report = await runTests(tests, target, { ignored: exceptions });
    expect(report.failed, formatReport(report, 'human')).toBe(0);
    expect(report.passed, `${report.passed} of ${report.total} pass`).toBeGreaterThanOrEqual(passedMin);
    expect(
      report.ignoredTests.filter(({ passes }) => passes),
      'an exception that passes is none',
    ).toStrictEqual([]);
    expect(report.ignored, 'an exception names a test that does not exist').toBe(exceptions.size);

    // A closed connection counts as 400, which is what Envoy logs. It may log more: the rest of a body, read as a request.
    const closed = seen.filter(({ isClosedUnanswered }) => isClosedUnanswered).length;
    const refusals = (): number => envoy.accessLog().filter(isCodecRefusal).length;
    await envoy.logEntry(() => refusals() >= closed);
    expect(closed).toBeGreaterThan(0);
    expect(upstream.answeredCount(), `only ${upstream.answeredCount()} requests came through`).toBeGreaterThan(4_900);
  });
});

/** Whether Envoy's HTTP/1 codec refused the request. */
function isCodecRefusal({ status, details }: AccessLogEntry): boolean {
  return status === 400 && details !== null && details.startsWith('http1.');
}
