// The demo's upstream as a process of its own: starts it, prints its ports as one JSON line, and runs until it is stopped. The upstream
// itself is in stack/upstream.ts.

import { Upstream } from './stack/upstream.ts';

const upstream = await Upstream.start();
const { http1Port, http2Port, controlPort } = upstream;
process.stdout.write(`${JSON.stringify({ http1Port, http2Port, controlPort })}\n`);
process.once('SIGTERM', () => void upstream.stop());
