import { describe } from 'vitest';
import { boundTraps } from '../../../src/envoy/traps/bounds.ts';
import { testTraps } from '../trap-cases.ts';

describe('boundTraps', () => testTraps(boundTraps));
