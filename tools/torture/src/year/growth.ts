/** Returns a finding if the last third is more than 15 % larger than the one before it. */
export function growth(name: string, sizes: readonly number[]): string | undefined {
  if (sizes.length < 90) return undefined
  const third = Math.floor(sizes.length / 3)
  const [before, after] = [medianOf(sizes.slice(third, 2 * third)), medianOf(sizes.slice(-third))]
  console.log(`${name}: ${mega(before)} MB in the second third, ${mega(after)} MB in the last.`)
  return after > 1.15 * before ? `${name} grows.` : undefined
}

function mega(size: number): string {
  return (size / 2 ** 20).toFixed(1)
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
