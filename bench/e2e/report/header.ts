// What makes figures meaningful: machine, versions, commit, and how they were measured.

import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { envoyBinary } from '../../../demo/stack/envoy.ts';
import type { Plan, Results } from '../run.ts';

/** Lines of a header: a title and its text. */
export type Header = readonly (readonly [title: string, text: string])[];

function outputOf(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** The commit that is measured, with `+` if files have been changed since. */
export function commitOf(): string {
  const commit = outputOf('git', ['rev-parse', '--short', 'HEAD']);
  return outputOf('git', ['status', '--porcelain', '--untracked-files=no']) === '' ? commit : `${commit}+`;
}

/** All that is known about a run apart from its figures. @param commit the commit when the run began. */
export function headerOf(
  commit: string,
  plan: Pick<Plan, 'rounds' | 'pace' | 'largeBytes'>,
  versions: Results['versions'],
): Header {
  return [
    ...machineHeader(commit),
    ['workers', 'one of Envoy, one of nginx'],
    ['rounds', `${plan.rounds}, systems in turns, three parts of about ${plan.pace.seconds} s each`],
    [
      'large bodies',
      `one exchange of ${plan.largeBytes / 2 ** 20} MiB and its attack checked; two connections, parts of one request or more, the same body again`,
    ],
    ...versions.filter(([, version]) => version !== ''),
  ];
}

/** What is known whatever is measured. @param commit as it was when the run began. */
export function machineHeader(commit: string): Header {
  const [processor] = cpus();
  return [
    ['Weir', commit],
    [
      'machine',
      `${processor?.model ?? process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    ],
    ['date', new Date().toISOString().slice(0, 16)],
    ['Envoy', `${/\/(\d+\.\d+\.\d+)/.exec(outputOf(envoyBinary(), ['--version']))?.[1] ?? 'unknown'}`],
  ];
}
