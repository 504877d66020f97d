// Both transports, for tests that apply to either.

import {
  type CreateTransport,
  defaultTransport,
  loadTransport,
  type TransportName,
  transportNames,
} from '../../src/ext-proc/transports.ts';

/** A transport and its name on the command line. */
export interface NamedTransport {
  readonly name: TransportName;
  readonly create: CreateTransport;
}

/** The transport of end-to-end tests that do not choose one: `WEIR_TEST_TRANSPORT=native npm test` runs all of them on the native one. */
export const transportOfTests: TransportName =
  transportNames.find((name) => name === process.env.WEIR_TEST_TRANSPORT) ?? defaultTransport;

/** All of them: cases of `describe.each`. */
export const transports: readonly NamedTransport[] = await Promise.all(
  transportNames.map(async (name) => ({ name, create: await loadTransport(name) })),
);
