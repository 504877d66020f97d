// An Express application behind Weir: node express.mjs RULES [PORT]
//
// The guard wraps the whole application: code that ran before it would see requests that have not been inspected.

import { createServer } from 'node:http';
import express from 'express';
import { createEngine, guardHttp } from 'weir';

const [rules, port = '0'] = process.argv.slice(2);
const engine = await createEngine({ rules: [rules] });

const app = express();
app.use(express.json());
app.get('/hello', (request, response) => response.send(`Hello ${request.query.name}\n`));
app.post('/orders', (request, response) => response.status(201).json({ ordered: request.body.title }));

const server = createServer(
  guardHttp(engine, app, { onRecord: ({ report }) => console.error(report.verdict, report.ruleIds) }),
);
server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port));

process.once('SIGTERM', () => {
  server.close(() => engine.close());
});
