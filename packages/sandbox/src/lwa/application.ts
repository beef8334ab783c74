import { Prng } from '../random/prng.js';

/** A registered application (Login with Amazon client). */
export interface Application {
  readonly applicationId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const hex = '0123456789abcdef';

export function inventApplication(seed: number, index: number): Application {
  const prng = Prng.of(seed, 'application', index);
  return {
    applicationId: `amzn1.sp.solution.${uuidOf(prng)}`,
    clientId: `amzn1.application-oa2-client.${prng.text(32, hex)}`,
    clientSecret: `amzn1.oa2-cs.v1.${prng.text(64, hex)}`,
  };
}

/** The refresh token by which a seller let an application in. */
export function inventRefreshToken(
  seed: number,
  clientId: string,
  sellerId: string,
  generation: number,
): string {
  const prng = Prng.of(seed, 'refresh-token', clientId, sellerId, generation);
  return `Atzr|${prng.text(220, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')}`;
}

function uuidOf(prng: Prng): string {
  return [8, 4, 4, 4, 12].map((length) => prng.text(length, hex)).join('-');
}
