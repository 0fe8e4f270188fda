/** Modules that are named by URL: compiled files end in .js, sources in .ts. */
export function besideThis(self: string, name: string): URL {
  return new URL(`./${name}.${self.endsWith('.ts') ? 'ts' : 'js'}`, self);
}
