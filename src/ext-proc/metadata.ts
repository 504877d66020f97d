// A report of an exchange for Envoy's access log, as dynamic metadata in the namespace `weir`. Knows no step.

import type { Report } from '../transaction/report.ts';
import { ProcessingResponse } from './gen/envoy/service/ext_proc/v3/external_processor.ts';

/** The namespace of our dynamic metadata; Envoy's configuration must list it under `receiving_namespaces`. */
const metadataNamespace = 'weir';

/** A report as the fields of `dynamic_metadata`. */
export function metadataFields(report: Report): Record<string, Record<string, unknown>> {
  return {
    [metadataNamespace]: {
      request_id: report.requestId,
      verdict: report.verdict,
      score: report.inboundScore,
      response_score: report.outboundScore,
      rule_ids: report.ruleIds,
      ...(report.verdict === 'allow' ? {} : { rule_id: report.ruleId, phase: report.phase }),
      ...(report.cause === '' ? {} : { cause: report.cause }),
    },
  };
}

/**
 * A report as field `dynamic_metadata` of a ProcessingResponse, without the rest: appended to an encoded reply, it becomes part
 * of it. Most reports differ only in the request id, so it is written into a copy of an encoded one.
 */
export function encodeMetadata(report: Report): Uint8Array {
  if (!isPlain(report)) return encode(report);
  const { bytes, offset } = templateFor(report.requestId.length);
  const copy = Buffer.from(bytes);
  copy.write(report.requestId, offset, 'latin1');
  return copy;
}

function encode(report: Report): Uint8Array {
  return ProcessingResponse.encode({ response: undefined, dynamicMetadata: metadataFields(report) }).finish();
}

function isPlain(report: Report): boolean {
  const { verdict, inboundScore, outboundScore, ruleIds } = report;
  return verdict === 'allow' && inboundScore === 0 && outboundScore === 0 && ruleIds.length === 0;
}

interface Template {
  readonly bytes: Uint8Array;
  /** Where the request id is. */
  readonly offset: number;
}

/** By length of the request id, of which there are at most 128. */
const templates = new Map<number, Template>();

function templateFor(idBytes: number): Template {
  const known = templates.get(idBytes);
  if (known !== undefined) return known;
  const requestId = '#'.repeat(idBytes);
  const bytes = encode({
    requestId,
    verdict: 'allow',
    ruleId: 0,
    phase: 0,
    cause: '',
    inboundScore: 0,
    outboundScore: 0,
    ruleIds: [],
  });
  const template = { bytes, offset: Buffer.from(bytes).indexOf(requestId, 'latin1') };
  templates.set(idBytes, template);
  return template;
}
