/** Seals text so that it can lie where others may read or change it. The backend's `Sealer` is one. */
export interface Sealing {
  seal(plain: string): Promise<string>;
  /** @throws ConfigurationError with code `SEAL_KEY_WRONG` or `SEAL_BROKEN`. */
  open(sealed: string): Promise<string>;
}
