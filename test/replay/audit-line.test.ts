import { describe, expect, it } from 'vitest';
import { isAuditLine, readAuditLine } from '../../src/replay/audit-line.ts';

const line = { event: 'exchange', requestId: 'r', method: 'GET', target: '/?q=\\x27a', host: 'h', client: '192.0.2.7' };

describe('readAuditLine', () => {
  it('reads the head as far as the line keeps it', () => {
    const { name, exchange, missing } = readAuditLine(line);
    expect([name, exchange.client, exchange.request.target, exchange.request.headers]).toStrictEqual([
      'r',
      '192.0.2.7',
      "/?q='a",
      [{ name: 'host', value: 'h' }],
    ]);
    expect(missing).toStrictEqual(['headers other than Host']);
  });

  it('reports what the line does not contain', () => {
    for (const target of ['/?q=[23 bytes]', '/?pin=[secret]', '/?c=[card]', '/aaa...']) {
      expect(readAuditLine({ ...line, target }).missing, target).toContain('values of the query');
    }
    expect(readAuditLine({ ...line, requestBytes: 5 }).missing).toContain('the body of the request');
  });

  it('knows lines about requests', () => {
    const others = [{ ...line, event: 'start' }, { event: 'exchange' }, null, 1];
    expect([line, ...others].map(isAuditLine)).toStrictEqual([true, false, false, false, false]);
  });
});
