// Code points as UTF-8 bytes. Passes on lone surrogates, so that whatever an application makes of them is seen.

/** Receives the bytes of a code point. */
export interface ByteReceiver {
  byte(value: number): void;
}

/**
 * Writes the UTF-8 bytes (RFC 3629) of a code point, 0–0x10FFFF, to `receiver`. A surrogate is written as three bytes (WTF-8):
 * always the same, and never lost.
 */
export function writeUtf8(codePoint: number, receiver: ByteReceiver): void {
  if (codePoint < 0x80) {
    receiver.byte(codePoint);
    return;
  }
  if (codePoint < 0x800) {
    receiver.byte(0xc0 | (codePoint >> 6));
  } else {
    if (codePoint < 0x10000) {
      receiver.byte(0xe0 | (codePoint >> 12));
    } else {
      receiver.byte(0xf0 | (codePoint >> 18));
      receiver.byte(0x80 | ((codePoint >> 12) & 0x3f));
    }
    receiver.byte(0x80 | ((codePoint >> 6) & 0x3f));
  }
  receiver.byte(0x80 | (codePoint & 0x3f));
}
