// `npm run bench`: the engine alone, or with `e2e` as first argument Weir through Envoy beside its peers.

const [first, ...rest] = process.argv.slice(2);
if (first === 'e2e') {
  const { main } = await import('./e2e/main.ts');
  process.exitCode = await main(rest);
} else {
  await import('./run.ts');
}
