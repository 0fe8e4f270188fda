const MICROSECONDS_PER_MS = 1000;

/** Milliseconds that cores have worked for this process, whatever else the machine does. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS_PER_MS;
}
