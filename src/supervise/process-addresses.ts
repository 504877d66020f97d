// The addresses of one of several servers, derived from the configured ones. Opens nothing.

import { WafError } from '../base/errors.ts';
import { formatListenAddress, parseListenAddress } from '../ext-proc/listen-address.ts';

const portMax = 65_535;

/**
 * The address of server number `index` (from 0): `unix:/run/weir.sock` becomes `unix:/run/weir-0.sock`, and a port is increased
 * by `index`. Port 0 stays: the system chooses.
 * @throws WafError `config.invalid` if a port would be invalid, or an address cannot be parsed.
 */
export function addressesOf(listen: readonly string[], index: number): readonly string[] {
  return listen.map((text) => {
    const address = parseListenAddress(text);
    if (address.kind === 'unix') {
      const path = address.path.replace(/(\.[^./]*)?$/, (end) => `-${index}${end}`);
      return formatListenAddress(parseListenAddress(`unix:${path}`));
    }
    if (address.port === 0) return text;
    const port = address.port + index;
    if (port > portMax) throw new WafError('config.invalid', `${text}: process ${index} would listen on port ${port}`);
    return formatListenAddress({ ...address, port });
  });
}

/** Environment variable with the server's number, from 0. */
export const processVariable = 'WEIR_PROCESS';

/** The number of this server among several; undefined if it is the only one. */
export function processIndex(environment: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = environment[processVariable];
  return text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}
