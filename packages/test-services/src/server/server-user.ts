import { readFileSync } from 'node:fs';

/** A user and group by number. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Who a server that refuses to be root runs as when we are root; undefined when we are not, and it may run as we do. */
export function serverUser(
  ownUid: number | undefined = process.getuid?.(),
  passwd: () => string = () => readFileSync('/etc/passwd', 'utf8'),
): ServerUser | undefined {
  if (ownUid !== 0) return undefined;
  const lines = passwd()
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const line = lines.find((fields) => fields[0] === name);
    if (line !== undefined) return { uid: Number(line[2]), gid: Number(line[3]) };
  }
  return { uid: 65_534, gid: 65_534 };
}
