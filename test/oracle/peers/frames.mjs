// The protocol of the peers (README.md) from the side of a driver that is written in JavaScript.

/** Calls `answer` with each request on standard input, one after the other, and prints its result as a line of JSON. */
export async function serve(facts, answer) {
  print(facts);
  let waiting = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const frame = takeFrame(waiting);
      if (frame === undefined) break;
      waiting = waiting.subarray(frame.length);
      print(await answer(frame.question, frame.body));
    }
  }
}

function takeFrame(bytes) {
  if (bytes.length < 4) return undefined;
  const bodyAt = 4 + bytes.readUInt32BE(0);
  if (bytes.length < bodyAt + 4) return undefined;
  const end = bodyAt + 4 + bytes.readUInt32BE(bodyAt);
  if (bytes.length < end) return undefined;
  return {
    question: JSON.parse(bytes.subarray(4, bodyAt).toString()),
    body: bytes.subarray(bodyAt + 4, end),
    length: end,
  };
}

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
