// What a ProcessingRequest has beside its part: attributes, and how the proxy is configured, read off the wire. Generated code
// makes ten objects for each attribute, and still reads what is not of the plain shape that Envoy sends.

import { type Attributes, noAttributes } from '../http/attributes.ts';
import type { BodySendMode, ProtocolConfiguration } from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { Wire } from './wire.ts';

/** What a message has beside its part. */
export interface MessageSettings {
  /** Those that Envoy's configuration asks for: they come once in each direction, with the first message of it that is sent. */
  readonly attributes: Attributes;
  readonly observabilityMode: boolean;
  readonly protocolConfig: ProtocolConfiguration | undefined;
}

/** Under this name Envoy sends the attributes that its configuration asks for. */
export const attributesKey = 'envoy.filters.http.ext_proc';

/** Tags of fields: number and wire type. */
const tags = {
  metadataContext: 0x42,
  attributes: 0x4a,
  observabilityMode: 0x50,
  protocolConfig: 0x5a,
  key: 0x0a,
  value: 0x12,
  fields: 0x0a,
  number: 0x11,
  text: 0x1a,
  truth: 0x20,
  requestBodyMode: 0x08,
  responseBodyMode: 0x10,
  sendBodyWithoutWaiting: 0x18,
} as const;

const none: MessageSettings = { attributes: noAttributes, observabilityMode: false, protocolConfig: undefined };

/**
 * The settings in a message whose part ends at `from`; undefined when there is a field twice, in another order, or one that is not
 * known, or a text that is not ASCII.
 */
export function readSettings(bytes: Uint8Array, from: number): MessageSettings | undefined {
  const end = bytes.length;
  if (from === end) return none;
  const wire = new Wire(bytes, from);
  // Envoy sends it with every message, mostly empty; we have no use for it.
  if (wire.take(tags.metadataContext, end) && !wire.skip(end)) return undefined;
  const attributes = wire.take(tags.attributes, end) ? readAttributes(wire, wire.end(end)) : noAttributes;
  const observabilityMode = wire.flag(tags.observabilityMode, end);
  if (attributes === undefined || observabilityMode === undefined) return undefined;
  const hasConfig = wire.take(tags.protocolConfig, end);
  const protocolConfig = hasConfig ? readConfig(wire, wire.end(end)) : undefined;
  if (wire.position !== end || (hasConfig && protocolConfig === undefined)) return undefined;
  return { attributes, observabilityMode, protocolConfig };
}

/** An entry of the map of all filters' attributes, which has only ours (`google.protobuf.Struct`). */
function readAttributes(wire: Wire, end: number | undefined): Attributes | undefined {
  if (end === undefined || !wire.take(tags.key, end) || wire.text(end) !== attributesKey) return undefined;
  const structEnd = wire.take(tags.value, end) ? wire.end(end) : undefined;
  if (structEnd !== end) return undefined;
  const attributes: Record<string, unknown> = {};
  while (wire.position < end) {
    const entryEnd = wire.take(tags.fields, end) ? wire.end(end) : undefined;
    if (entryEnd === undefined) return undefined;
    const name = wire.take(tags.key, entryEnd) ? asciiText(wire, entryEnd) : undefined;
    const valueEnd = wire.take(tags.value, entryEnd) ? wire.end(entryEnd) : undefined;
    if (name === undefined || name === '__proto__' || valueEnd !== entryEnd) return undefined;
    const value = readValue(wire, valueEnd);
    if (value === undefined || wire.position !== valueEnd) return undefined;
    attributes[name] = value;
  }
  return attributes;
}

/** A `google.protobuf.Value` of the kinds that Envoy sends. */
function readValue(wire: Wire, end: number): string | number | boolean | undefined {
  if (wire.take(tags.text, end)) return asciiText(wire, end);
  if (wire.take(tags.number, end)) return wire.double(end);
  return wire.take(tags.truth, end) ? wire.boolean(end) : undefined;
}

const ascii = /^[\0-\x7f]*$/;

function asciiText(wire: Wire, end: number): string | undefined {
  const text = wire.text(end);
  return text !== undefined && ascii.test(text) ? text : undefined;
}

function readConfig(wire: Wire, end: number | undefined): ProtocolConfiguration | undefined {
  if (end === undefined) return undefined;
  const requestBodyMode = readMode(wire, tags.requestBodyMode, end);
  const responseBodyMode = readMode(wire, tags.responseBodyMode, end);
  const sendBodyWithoutWaitingForHeaderResponse = wire.flag(tags.sendBodyWithoutWaiting, end);
  if (requestBodyMode === undefined || responseBodyMode === undefined) return undefined;
  if (sendBodyWithoutWaitingForHeaderResponse === undefined || wire.position !== end) return undefined;
  return { requestBodyMode, responseBodyMode, sendBodyWithoutWaitingForHeaderResponse };
}

function readMode(wire: Wire, tag: number, end: number): BodySendMode | undefined {
  return wire.take(tag, end) ? (wire.number(end) as BodySendMode | undefined) : 0;
}
