import type { Application } from './application.js';

/** Which client secrets are accepted: Amazon's live for 180 days. */
export class ClientSecrets {
  readonly #expired = new Set<string>();

  /** @param clientId - of the application, or absent for all. */
  expire(applications: readonly Application[], clientId?: string): void {
    for (const one of applications)
      if (clientId === undefined || one.clientId === clientId) this.#expired.add(one.clientId);
  }

  /** As if the secret had been rotated, and the new one were the old one. */
  renew(): void {
    this.#expired.clear();
  }

  isExpired(clientId: string): boolean {
    return this.#expired.has(clientId);
  }
}
