import { tellStories } from './stories/tell-stories.js';

tellStories("a group of Debian's resource agents for the address and nginx", 'ocf');
