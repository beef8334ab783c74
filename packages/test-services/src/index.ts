export { describeWith } from './describe-with.js';
export { type FreshPlace, freshPlace } from './fresh-place.js';
export { preparedDataFolder } from './prepared-data-folder.js';
export { openRelay, type Relay } from './relay/relay.js';
export { type PrivateServer, startServer } from './server/private-server.js';
export { type Service, services, serviceUrl, whyMissing } from './service.js';
export { openTestServices, type TestServices } from './test-services.js';
export { clockIsHeld, promised } from './time/promised.js';
export { Stopwatch } from './time/stopwatch.js';
