// How long a server is left idle before its memory is measured.

/** Longer than a server without exchanges takes to give memory back (src/server/spare-memory.ts), in milliseconds. */
export const restMs = 8_000;
