export type { ContentFacts, ContentStore } from './store/content-store.js';
