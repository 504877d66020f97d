// The systems in the order of their rows, including those that users would like to see but that are not available.

import { Absent, type System } from '../system.ts';
import { coraza } from './coraza.ts';
import { nginx } from './nginx.ts';
import { emptiesOnNode, emptyGo, envoyAlone } from './plain.ts';
import { weirs } from './weir.ts';

/** A system that users would like to compare but no registry has: its row says so. */
const absent = (name: string, title: string, why: string): System => ({
  name,
  title,
  rules: 'crs',
  knownMisses: {},
  start: () => Promise.reject(new Absent(why)),
});

/** All systems. */
export const systems: readonly System[] = [
  envoyAlone,
  emptyGo,
  ...emptiesOnNode,
  ...weirs,
  coraza,
  absent(
    'coraza-libinjection',
    'Coraza ext_proc, native libinjection',
    'not built here: the Go module proxy refused github.com/wasilibs/go-libinjection when this was written',
  ),
  nginx,
  absent(
    'coraza-module',
    'Coraza in Envoy, dynamic module',
    'not built here: the Go module proxy refused github.com/tetratelabs/built-on-envoy when this was written',
  ),
];
