/**
 * What a search looks for. A comma in a SKU cannot be told from the one between two values, so the text as a whole counts as a SKU, too: that is
 * how one with a comma is found when it is asked for alone.
 * Source: developer-docs.amazon.com/sp-api/docs/url-encoding; github.com/amzn/selling-partner-api-docs/issues/2295.
 */
export function withWhole(values: readonly string[], type: string | undefined): readonly string[] {
  return type === 'SKU' && values.length > 1 ? [...values, values.join(',')] : values;
}
