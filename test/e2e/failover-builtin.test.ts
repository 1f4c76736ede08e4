import { tellStories } from './stories/tell-stories.js';

tellStories('a group of a built-in address and a kept nginx', 'builtin');
