// The workloads: which exchanges, how large, on how many connections, and the files that the service has for them.

import {
  browserTwins,
  downloadFill,
  downloadTail,
  downloadTwins,
  formTwins,
  getTwins,
  html,
  jsonTwins,
  leak,
  leakingHtml,
  pageTwins,
  uploadTwins,
} from './twins.ts';
import type { Twins, Workload } from './workload.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Exchanges of each workload. */
const variantCount = 32;

/** A mix as on a site: of 32 exchanges, 16 are plain GETs, 6 a browser's, 4 forms, 3 pages, 2 JSON documents, one an upload of 64 KiB. */
function mixedTwins(n: number): Twins {
  if (n < 16) return getTwins(n);
  if (n < 22) return browserTwins(n);
  if (n < 26) return formTwins(n);
  if (n < 29) return pageTwins(n);
  return n < 31 ? jsonTwins(n, 10_000) : uploadTwins(n, 64 * KiB);
}

/** The exchanges of a workload. */
export const each = (make: (n: number) => Twins): readonly Twins[] =>
  Array.from({ length: variantCount }, (_, n) => make(n));
/** The mix has an order in which kinds alternate. */
const shuffled = (n: number): number => (n * 13) % variantCount;

/** Files that the service serves, by name. `fill` precedes each file whose name begins with `download`. */
export function serviceFiles(largeBytes: number): ReadonlyMap<string, Buffer> {
  const files = new Map([['fill', downloadFill(largeBytes)]]);
  for (let n = 0; n < variantCount; n += 1) {
    files.set(`page-${n}.html`, Buffer.from(html(n)));
    files.set(`leak-${n}.html`, Buffer.from(leakingHtml(n)));
    files.set(`download-${n}.txt`, downloadTail(n, 'end'));
    files.set(`download-leak-${n}.txt`, downloadTail(n, leak));
  }
  return files;
}

/** Bytes of the largest bodies in a full run, and in a quick one. */
export const largeBytes = { full: 64 * MiB, quick: 4 * MiB } as const;

/** All workloads, smallest first. @param large bytes of the largest bodies. */
export function workloadsOf(large: number): readonly Workload[] {
  const fill = downloadFill(large);
  const size = `${large / MiB} MiB`;
  return [
    { name: 'get', title: 'GET, 2 arguments', bytes: 0, connections: 32, variants: each(getTwins) },
    { name: 'browser', title: "a browser's GET", bytes: 0, connections: 32, variants: each(browserTwins) },
    { name: 'form', title: 'form, 467 B', bytes: 467, connections: 32, variants: each(formTwins) },
    {
      name: 'json-10k',
      title: 'JSON, 10 KB',
      bytes: 10_000,
      connections: 16,
      variants: each((n) => jsonTwins(n, 10_000)),
    },
    {
      name: 'json-87k',
      title: 'JSON, 87 KB',
      bytes: 87_000,
      connections: 8,
      variants: each((n) => jsonTwins(n, 87_000)),
    },
    {
      name: 'multipart',
      title: 'multipart, 1 MiB file',
      bytes: MiB,
      connections: 8,
      variants: each((n) => uploadTwins(n, MiB)),
    },
    { name: 'html', title: 'HTML response, 50 KB', bytes: 50_000, connections: 16, variants: each(pageTwins) },
    {
      name: 'upload',
      title: `upload, ${size}`,
      bytes: large,
      connections: 2,
      variants: each((n) => uploadTwins(n, large)),
    },
    {
      name: 'download',
      title: `download, ${size}`,
      bytes: large,
      connections: 2,
      variants: each((n) => downloadTwins(n, fill)),
    },
    { name: 'mix', title: 'mix', bytes: 5_000, connections: 16, variants: each((n) => mixedTwins(shuffled(n))) },
  ];
}
