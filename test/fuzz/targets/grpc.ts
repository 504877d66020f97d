// gRPC and gRPC-Web bodies. Settings: the two low bits choose grpc-encoding; 4 JSON messages; 8 gRPC-Web text (base64);
// 16 small limits.

import { gzipSync } from 'node:zlib';
import { limits } from '../../../src/base/limits.ts';
import { selectDecoder } from '../../../src/body/select.ts';
import { frame, lengthField, numberField } from '../../support/protobuf.ts';
import { assertCutInvariant, type FuzzTarget, splitSettings } from '../target.ts';

const encodings = ['', 'gzip', 'deflate', 'zstd'] as const;
const small = { fieldCollectBytesMax: 32, protobufDepthMax: 3, expansionFreeBytes: 4096, decodeSliceBytesMax: 512 };
const message = Buffer.concat([lengthField(1, 'text'), numberField(2, 300), lengthField(3, lengthField(1, 'inner'))]);
const settingsOf = (settings: number): Buffer => Buffer.from([0x40 + settings]);

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 4_000,
  words: ['\0\0\0\0\x05', '\x80\0\0\0\x0a', '\x0a\x04text', '\x08\x01', '\x13', '\x14', '\x0d1234', '\x0912345678'],
  seeds: () => [
    Buffer.concat([settingsOf(0), frame(message)]),
    Buffer.concat([settingsOf(1), frame(gzipSync(message), 1), frame(message)]),
    Buffer.concat([settingsOf(4), frame(Buffer.from('{"a":["b"]}'))]),
    Buffer.concat([settingsOf(8), Buffer.from(frame(message).toString('base64'))]),
    Buffer.concat([settingsOf(0), frame(message), frame(Buffer.from('grpc-status:0\r\n'), 0x80)]),
  ],
  branchesMax: (bytes) => 400_000 + 4_000 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const grpcEncoding = encodings[settings & 3] as string;
    const type = (settings & 8) === 0 ? 'application/grpc' : 'application/grpc-web-text';
    const contentTypes = [(settings & 4) === 0 ? type : `${type}+json`];
    const bounds = { ...limits, expansionFreeBytes: 32 * 1024, ...((settings & 16) === 0 ? {} : small) };
    // A message that may be text as well is reported twice at each depth.
    const expanded = rest.length * bounds.expansionRatioMax + bounds.expansionFreeBytes + bounds.decodeSliceBytesMax;
    assertCutInvariant((sink) => selectDecoder({ contentTypes, grpcEncoding, sink, limits: bounds }).decoder, rest, {
      fields: 2 * expanded + 8,
      valueBytes: 40 * expanded,
    });
  },
};
