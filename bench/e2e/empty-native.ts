// An ext_proc server on our native transport that inspects nothing and lets everything continue: `node empty-native.ts SOCKET`.

import { limits } from '../../src/base/limits.ts';
import { createNativeTransport } from '../../src/ext-proc/native-transport.ts';
import { openEmpty } from './empty-service.ts';

const transport = createNativeTransport(openEmpty, limits);
await transport.listen(`unix:${process.argv[2]}`);
process.stdout.write('ready\n');
