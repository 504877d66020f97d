// Loaded before anything else: the transport's addon is the one that is built with sanitizers.

import { sanitizedAddon } from '../native/programs.mjs';

const load = process.dlopen;
process.dlopen = (module, path, ...more) =>
  load(module, path.endsWith('/weir_transport.node') ? sanitizedAddon : path, ...more);
