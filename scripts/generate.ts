// `npm run generate`: makes src/ext-proc/gen from our .proto files with buf and ts-proto, both from node_modules; no
// network. With a folder as argument it writes there instead, which is how the test finds stale files.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = join(import.meta.dirname, '..');
const programs = join(repository, 'node_modules', '.bin');

/** Options of ts-proto. No enums and no namespaces in the output, since Node runs it as it is. */
const options = [
  // `bytes` fields are views of the message, not copies.
  'env=both',
  'oneof=unions-value',
  'enumsAsLiterals=true',
  'importSuffix=.ts',
  'esModuleInterop=true',
  'useExactTypes=false',
  'outputJsonMethods=false',
  'outputPartialMethods=false',
  'outputServices=generic-definitions',
  'forceLong=number',
  'annotateFilesWithVersion=false',
];

/** Generates into `folder`, which is emptied first. Throws with buf's output if it fails. */
export function generate(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const template = {
    version: 'v2',
    inputs: [{ directory: join(repository, 'src', 'ext-proc', 'proto') }],
    plugins: [
      {
        local: join(programs, 'protoc-gen-ts_proto'),
        out: folder,
        opt: options,
        include_imports: true,
        strategy: 'all',
      },
    ],
  };
  const buf = spawnSync(process.execPath, [join(programs, 'buf'), 'generate', '--template', JSON.stringify(template)], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, BUF_CACHE_DIR: join(repository, '.cache', 'buf') },
  });
  if (buf.status !== 0) throw new Error(`buf generate failed: ${buf.stderr || buf.error?.message || buf.status}`);
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? join(repository, 'src', 'ext-proc', 'gen'));
  generate(folder);
  console.log(`generated ${folder}`);
}
