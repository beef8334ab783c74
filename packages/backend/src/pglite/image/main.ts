import { existsSync } from 'node:fs';
import { imagePath } from './database-image.js';

/** `pnpm build`: makes the image when it is not there. The database engine is loaded only then. */
const path = imagePath();
if (!existsSync(path)) await (await import('./make-image.js')).makeImage(path);
