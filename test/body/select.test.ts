import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { processorOf, selectDecoder } from '../../src/body/select.ts';
import { EventLog } from '../support/event-log.ts';

describe('processorOf', () => {
  const types = [
    ['application/x-www-form-urlencoded', 'URLENCODED'],
    ['APPLICATION/X-WWW-FORM-URLENCODED;charset=utf-8', 'URLENCODED'],
    ['multipart/form-data; boundary=x', 'MULTIPART'],
    ['multipart/mixed', 'MULTIPART'],
    ['application/json', 'JSON'],
    ['application/ld+json', 'JSON'],
    ['application/x-ndjson', 'JSON'],
    ['application/json-seq', 'JSON'],
    ['application/geo+json-seq', 'JSON'],
    ['text/xml', 'XML'],
    ['application/soap+xml; charset=utf-8', 'XML'],
    ['text/plain', 'RAW'],
    ['application/octet-stream', 'RAW'],
  ] as const;
  for (const [type, processor] of types) {
    it(`reads ${type} as ${processor}`, () => expect(processorOf([type])).toBe(processor));
  }

  it('reads a body without a type raw', () => expect(processorOf([])).toBe('RAW'));
});

describe('selectDecoder', () => {
  it('prefers the choice of a rule to the media type', () => {
    const { processor } = selectDecoder({
      contentTypes: ['application/json'],
      processor: 'urlencoded',
      sink: new EventLog(),
      limits,
    });
    expect(processor).toBe('URLENCODED');
  });

  it('ignores an empty choice', () => {
    const { processor } = selectDecoder({ contentTypes: ['text/json'], processor: '', sink: new EventLog(), limits });
    expect(processor).toBe('JSON');
  });
});
