// A node:http server behind Weir: node node-http.mjs RULES [PORT]

import { createServer } from 'node:http';
import { createEngine, guardHttp } from 'weir';

const [rules, port = '0'] = process.argv.slice(2);
const engine = await createEngine({ rules: [rules] });

const server = createServer(
  guardHttp(engine, async (request, response) => {
    try {
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      response.end(`${bytes} bytes\n`);
    } catch {
      // The client disconnected, or the rest of its body was blocked: the guard has sent the response.
    }
  }),
);
server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port));

process.once('SIGTERM', () => {
  server.close(() => engine.close());
});
