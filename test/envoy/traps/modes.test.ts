import { describe } from 'vitest';
import { modeTraps } from '../../../src/envoy/traps/modes.ts';
import { testTraps } from '../trap-cases.ts';

describe('modeTraps', () => testTraps(modeTraps));
