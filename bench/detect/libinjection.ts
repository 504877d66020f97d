// libinjection as an oracle: its C sources with a driver of ours (test/oracle/peers/libinjection).

import { spawnSync } from 'node:child_process';

/** libinjection's result for one value. */
export interface LibinjectionAnswer {
  readonly isSqli: boolean;
  readonly isXss: boolean;
  /** The fingerprint of the SQL injection; "-" if it is not one. */
  readonly fingerprint: string;
}

const answersBytesMax = 256 * 1024 * 1024;

/**
 * Runs libinjection on values, which are byte strings.
 * @throws Error when the driver fails or returns too few results.
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
