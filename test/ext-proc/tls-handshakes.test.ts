import { describe, expect, it } from 'vitest';
import { type HandshakeFailure, handshakeResults, TlsHandshakes } from '../../src/ext-proc/tls-handshakes.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('TlsHandshakes', () => {
  it('counts every end, logs one failure at a time with the number of others, and none of peers that disconnected', (context) => {
    const clock = new FakeClock(context);
    const told: HandshakeFailure[] = [];
    const handshakes = new TlsHandshakes({ tlsFailureLogMs: 1000 }, (failure) => told.push(failure));
    for (const result of handshakeResults) handshakes.ended(result, `why ${result}`, '10.0.0.9');
    expect(Object.entries(handshakes.counts)).toStrictEqual(handshakeResults.map((result) => [result, 1]));
    expect(told).toStrictEqual([{ result: 'certificate', reason: 'why certificate', address: '10.0.0.9', untold: 0 }]);
    clock.advance(999);
    handshakes.ended('protocol');
    clock.advance(1);
    handshakes.ended('gone');
    handshakes.ended('refused', 'x'.repeat(1_000));
    expect(told.slice(1)).toStrictEqual([{ result: 'refused', reason: 'x'.repeat(100), address: '', untold: 5 }]);
    expect([handshakes.counts.protocol, handshakes.counts.refused]).toStrictEqual([2, 2]);
  });
});
