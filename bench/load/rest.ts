// How long a server is left alone before its memory is looked at.

/** Longer than a server without exchanges takes to give memory back (src/server/spare-memory.ts), in milliseconds. */
export const restMs = 8_000;
