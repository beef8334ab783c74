/** What a seller wrote to the buyers of his orders, through Amazon. The texts are not kept. */
export class Correspondence {
  readonly #messages = new Map<string, { readonly kind: string; readonly sentMs: number }[]>();
  readonly #reviews = new Map<string, number>();

  send(orderId: string, kind: string, sentMs: number): void {
    const sent = this.#messages.get(orderId) ?? [];
    sent.push({ kind, sentMs });
    this.#messages.set(orderId, sent);
  }

  /** The kinds of the messages about an order, in the order of their sending. */
  sent(orderId: string): readonly string[] {
    return (this.#messages.get(orderId) ?? []).map(({ kind }) => kind);
  }

  askForReview(orderId: string, sentMs: number): void {
    this.#reviews.set(orderId, sentMs);
  }

  /** Whether the buyer was asked for a review. */
  isReviewAsked(orderId: string): boolean {
    return this.#reviews.has(orderId);
  }
}
