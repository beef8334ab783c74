const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes as people read them: `999 bytes`, `1.5 KiB`, `12 MiB`. */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit === 0 || size >= 10 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit]}`;
}
