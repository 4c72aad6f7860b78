/** Up to `count` different elements, each choice as likely. `random` gives [0, 1). */
export function chooseRandom<T>(from: readonly T[], count: number, random: () => number): T[] {
  const left = [...from];
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0) {
    const index = Math.min(left.length - 1, Math.floor(random() * left.length));
    chosen.push(...left.splice(index, 1));
  }
  return chosen;
}
