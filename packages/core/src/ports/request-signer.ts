/** A request as it goes on the wire, all its headers but the signature's own included. */
export interface RequestToSign {
  readonly method: string;
  /** Absolute, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Vouches for requests towards a gateway that stands in front of the remote side. Amazon itself asks for none. */
export interface RequestSigner {
  /**
   * The headers that carry the signature; none for a request to anywhere but this signer's receivers. Asked anew for each attempt.
   * @throws ConfigurationError when its key cannot sign.
   */
  sign(request: RequestToSign, options?: { signal?: AbortSignal }): Promise<Readonly<Record<string, string>>>;
}
