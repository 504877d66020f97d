// Runs every case of test/conformance/body through the decoder that its Content-Type selects, at every cut.

import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { selectDecoder } from '../../src/body/select.ts';
import { type DecoderCase, readDecoderCases } from '../support/decoder-cases.ts';
import { everyCut, ReadingLogs, runDecoder } from '../support/event-log.ts';

const byFile = Map.groupBy(readDecoderCases(), (one) => one.file);

for (const [file, cases] of byFile) {
  describe(`conformance/body/${file}`, () => {
    for (const one of cases) it(one.title, () => check(one));
  });
}

function check(one: DecoderCase): void {
  const bounds = { ...limits };
  for (const [key, value] of one.settings) {
    if (key in bounds) Object.assign(bounds, { [key]: Number(value) });
  }
  for (const { name, chunks } of everyCut(one.body)) {
    const logs = new ReadingLogs();
    const lines = runDecoder(
      (sink) =>
        selectDecoder({
          contentTypes: one.contentTypes,
          processor: one.settings.get('processor'),
          sink,
          openReading: logs.openReading,
          limits: bounds,
        }).decoder,
      chunks,
    ).filter((line) => !line.startsWith('FACT REQBODY_ERROR_MSG'));
    expect([...lines, ...logs.further.flatMap((log) => log.lines())], name).toStrictEqual(one.events);
  }
}
