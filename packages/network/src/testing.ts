/** For tests of what goes through a gateway: one that lets through only what is signed as it came, and only once. */
export { type GatewayOptions, VerifyingGateway } from './testing/verifying-gateway.js';
