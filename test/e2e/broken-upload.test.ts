// Through the real Envoy: uploads that cannot be parsed, whose raw bytes no rule sees since they are blocked in any case. The
// service is asked what it has of them.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../house/source.ts';
import { Front, protocols } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const attack = "<?php system($_GET['c']); ?>";
const part = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n';
const filler = 'words of a file that harm nobody. '.repeat(3_000);

/** Two pieces of each body. If nothing is wrong with the first, the sender waits until it has begun to arrive. */
const bodies = {
  'without an end': [`${part}${filler}`, '\r\n--b'],
  'with an attack before the first part': [`${attack}\r\n${part}${filler}`, '\r\n--b'],
  'with an attack in a header without a colon': [`${part}${filler}\r\n--b\r\n${attack}\r\n`, '\r\nx\r\n--b'],
  'with an attack in a part that does not end': [`${part}${filler}`, `${attack}`],
} as const;

describe('an upload that cannot be parsed', () => {
  for (const mode of ['streamed', 'streamed-wait', 'full-duplex', 'buffered'] as const) {
    it(`never reaches the service completely (${mode})`, async () => {
      const front = await Front.start({
        mode,
        weir: { rules: [join(repository, 'rules/starter')], args: ['--hold-time', '100'] },
      });
      try {
        for (const protocol of protocols) {
          for (const [what, pieces] of Object.entries(bodies)) {
            const id = `${protocol} ${what}`.replaceAll(/[^a-z0-9]+/gi, '-');
            const arrival = () => front.upstream.arrivals.find(id);
            async function* body(): AsyncGenerator<Uint8Array> {
              yield Buffer.from(pieces[0]);
              const isHarmless = mode === 'streamed' && !pieces[0].includes(attack);
              if (isHarmless) await until('it has begun to arrive', () => (arrival()?.bodyBytes ?? 0) > 0);
              yield Buffer.from(pieces[1]);
            }
            const headers = [['content-type', 'multipart/form-data; boundary=b'] as const, ['x-exchange', id] as const];
            const { answer } = await front.exchange({ method: 'POST', headers, body: body() }, { protocol });
            expect([400, 403], id).toContain(answer.status);
            expect(arrival()?.state ?? 'cut', id).toBe('cut');
            expect(arrival()?.bodyBytes ?? 0, id).toBeLessThan(pieces[0].length + pieces[1].length);
          }
        }
      } finally {
        await front.stop();
      }
    });
  }
});
