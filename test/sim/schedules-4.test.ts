import { describe } from 'vitest';
import { schedulesHold } from './schedules.js';

describe('random schedules of faults, part 4 of 4', () => schedulesHold(3));
