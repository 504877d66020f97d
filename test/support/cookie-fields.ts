// What rules see of a Cookie header: its cookies, and their alternate readings.

import { limits } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { readCookiesFurther } from '../../src/http/cookie-readings.ts';
import { readCookies } from '../../src/http/cookies.ts';
import { EventLog, type LoggedField } from './event-log.ts';

/** Every field of the header (a byte string): first the cookies, then one reading after the other. */
export function cookieFieldsOf(header: string): LoggedField[] {
  const cookies = new EventLog();
  readCookies(header, cookies, limits.fieldNameBytesMax);
  const logs = [cookies];
  const openReading = (): EventLog => {
    const log = new EventLog();
    logs.push(log);
    return log;
  };
  runAtOnce(readCookiesFurther([header], { openReading, limits, nameBytesMax: limits.fieldNameBytesMax }));
  return logs.flatMap((log) => log.fields);
}
