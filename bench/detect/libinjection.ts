// libinjection as an oracle: its C sources behind a driver of ours (test/oracle/peers/libinjection).

import { spawnSync } from 'node:child_process';

/** What libinjection says of one value. */
export interface LibinjectionAnswer {
  readonly isSqli: boolean;
  readonly isXss: boolean;
  /** The shape that told SQL injection; "-" when it is none. */
  readonly fingerprint: string;
}

const answersBytesMax = 256 * 1024 * 1024;

/**
 * Asks about values, byte strings each.
 * @throws Error when the driver fails or answers short.
 */
export function askLibinjection(driver: string, values: readonly string[]): LibinjectionAnswer[] {
  const pieces = values.flatMap((value) => {
    const bytes = Buffer.from(value, 'latin1');
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return [head, bytes];
  });
  const { stdout, status, error } = spawnSync(driver, { input: Buffer.concat(pieces), maxBuffer: answersBytesMax });
  const lines = stdout?.toString('latin1').split('\n').slice(0, -1) ?? [];
  if (status !== 0 || lines.length !== values.length) {
    throw new Error(`libinjection answered ${lines.length} of ${values.length} values (status ${status})`, {
      cause: error,
    });
  }
  return lines.map((line) => {
    const [sqli, xss, fingerprint = '-'] = line.split(' ');
    return { isSqli: sqli === '1', isXss: xss === '1', fingerprint };
  });
}
