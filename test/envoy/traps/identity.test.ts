import { describe } from 'vitest';
import { identityTraps } from '../../../src/envoy/traps/identity.ts';
import { testTraps } from '../trap-cases.ts';

describe('identityTraps', () => testTraps(identityTraps));
