import { describe } from 'vitest';
import { schedulesHold } from './schedules.js';

describe('random schedules of faults, part 1 of 4', () => schedulesHold(0));
