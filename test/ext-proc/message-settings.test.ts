import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BodySendMode,
  ProcessingRequest,
} from '../../src/ext-proc/gen/envoy/service/ext_proc/v3/external_processor.ts';
import { attributesKey, readSettings } from '../../src/ext-proc/message-settings.ts';

const text = fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((unit) => String.fromCharCode(unit)) });
const value = fc.oneof(text, fc.double(), fc.boolean());
const attributesOf = fc.dictionary(
  text.filter((name) => name !== '' && name !== '__proto__'),
  value,
  { noNullPrototype: true },
);
/** Modes that we do not know, too. */
const mode = fc.integer({ min: 0, max: 300 }).map((number) => number as BodySendMode);
const protocolConfigOf = fc.option(
  fc.record(
    { requestBodyMode: mode, responseBodyMode: mode, sendBodyWithoutWaitingForHeaderResponse: fc.boolean() },
    { noNullPrototype: true },
  ),
  { nil: undefined },
);

describe('readSettings', () => {
  it('reads what generated code reads', () => {
    fc.assert(
      fc.property(attributesOf, fc.boolean(), protocolConfigOf, (attributes, observabilityMode, protocolConfig) => {
        const rest = { attributes: { [attributesKey]: attributes }, observabilityMode, protocolConfig };
        const bytes = ProcessingRequest.encode({ request: undefined, ...rest }).finish();
        expect(readSettings(bytes, 0)).toStrictEqual({ attributes, observabilityMode, protocolConfig });
      }),
    );
  });

  for (const [what, hex] of Object.entries({ nothing: '', 'empty metadata': '4200', metadata: '420461626364' })) {
    it(`finds none in ${what}`, () => {
      const none = { attributes: {}, observabilityMode: false, protocolConfig: undefined };
      expect(readSettings(Buffer.from(`ff${hex}`, 'hex'), 1)).toStrictEqual(none);
    });
  }

  const struct = (fields: unknown): Uint8Array =>
    ProcessingRequest.encode({
      request: undefined,
      attributes: { [attributesKey]: fields as Record<string, unknown> },
      observabilityMode: false,
      protocolConfig: undefined,
    }).finish();

  it('reads nothing from bytes that are cut anywhere', () => {
    const bytes = struct({ a: 'b', c: 1, d: true });
    for (let length = 1; length < bytes.length; length += 1) {
      expect(readSettings(bytes.subarray(0, length), 0)).toBe(undefined);
    }
  });

  const others = {
    'a text that is not ASCII': struct({ a: 'é' }),
    'a name that is not ASCII': struct({ é: 'a' }),
    'a list': struct({ a: [1] }),
    'an object': struct({ a: { b: 1 } }),
    'nothing for a value': struct({ a: null }),
    'attributes of another filter': Buffer.from('4a03 0a01 61'.replaceAll(' ', ''), 'hex'),
    'attributes twice': Buffer.concat([struct({ a: 1 }), struct({ b: 1 })]),
    'metadata behind attributes': Buffer.concat([struct({ a: 1 }), Buffer.from('4200', 'hex')]),
    'metadata that are cut': Buffer.from('4201', 'hex'),
    'a mode twice': Buffer.from('5a04 0801 0801'.replaceAll(' ', ''), 'hex'),
    'a mode below zero': Buffer.from('5a0b 08ff ffff ffff ffff ffff 01'.replaceAll(' ', ''), 'hex'),
    'a flag that is neither true nor false': Buffer.from('5002', 'hex'),
  };
  for (const [what, bytes] of Object.entries(others)) {
    it(`leaves ${what} to generated code`, () => {
      expect(readSettings(bytes, 0)).toBe(undefined);
    });
  }
});
