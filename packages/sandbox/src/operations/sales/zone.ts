/** A time zone, by its IANA name. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError when there is no such zone. */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  get isUtc(): boolean {
    return this.name === 'UTC';
  }

  /** By how much its clocks are ahead of UTC at a moment, in milliseconds. */
  offsetMs(ms: number): number {
    if (this.isUtc) return 0;
    const shown = this.#format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value;
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(shown ?? '') ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return sign === '-' ? -offset : offset;
  }
}
