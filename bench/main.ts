// `npm run bench`: the engine alone; with `e2e` as first argument, Weir behind Envoy compared with other systems; with `scaling`, the same as
// one thing is made larger; with `worst`, the worst requests we know; with `compare`, two states of the engine.

const [first, ...rest] = process.argv.slice(2);
if (first === 'e2e') {
  const { main } = await import('./e2e/main.ts');
  process.exitCode = await main(rest);
} else if (first === 'scaling') {
  const { main } = await import('./scaling/main.ts');
  process.exitCode = await main(rest);
} else if (first === 'worst') {
  const { main } = await import('./worst/main.ts');
  process.exitCode = await main(rest);
} else if (first === 'compare') {
  const { main } = await import('./compare/run.ts');
  process.exitCode = await main(rest);
} else {
  await import('./run.ts');
}
