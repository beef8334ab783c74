import { createHmac } from 'node:crypto';
import type { Clock } from '@fluxori/core';
import { invalidInput } from '../http/refusal.js';

interface Sealed<State> {
  /** Operation and seller for whom it was made. */
  readonly f: string;
  /** The other parameters, which must come again unchanged. */
  readonly q: string;
  readonly x: number;
  readonly s: State;
}

/** Pagination tokens: opaque, signed, bound to the seller and to the query, and not good for ever. */
export class PageTokens {
  readonly #key: Buffer;
  readonly #clock: Clock;

  constructor(seed: number, clock: Clock) {
    this.#key = createHmac('sha256', 'fluxori-sandbox').update(`page-tokens ${seed}`).digest();
    this.#clock = clock;
  }

  issue<State>(owner: string, query: string, state: State, lifetimeMs: number): string {
    const sealed: Sealed<State> = {
      f: owner,
      q: this.#digest(query),
      x: this.#clock.now() + lifetimeMs,
      s: state,
    };
    const payload = Buffer.from(JSON.stringify(sealed)).toString('base64url');
    return `${payload}.${this.#sign(payload)}`;
  }

  /**
   * @param name - how the parameter is called, for the error's details.
   * @throws Refusal (400) for a token that was altered, is another's, belongs to another query, or is too old.
   */
  read<State>(owner: string, query: string, token: string, name: string): State {
    const dot = token.indexOf('.');
    const payload = token.slice(0, dot);
    if (dot < 0 || this.#sign(payload) !== token.slice(dot + 1)) throw refuse(`${name} is not valid.`);
    const sealed = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Sealed<State>;
    if (sealed.f !== owner) throw refuse(`${name} is not valid.`);
    if (sealed.q !== this.#digest(query))
      throw refuse(`With ${name}, all other parameters must have the values of the first request.`);
    if (sealed.x <= this.#clock.now()) throw refuse(`${name} has expired.`);
    return sealed.s;
  }

  #digest(query: string): string {
    return createHmac('sha256', this.#key).update(query).digest('base64url').slice(0, 16);
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#key).update(payload).digest('base64url');
  }
}

function refuse(details: string): Error {
  return invalidInput('Request has missing or invalid parameters and cannot be parsed.', details);
}
