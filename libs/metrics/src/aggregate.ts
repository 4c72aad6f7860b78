/** Running totals of one series within one interval. */
export class Aggregate {
  count = 0;
  sum = 0;
  min = 0;
  max = 0;
  private sumOfSquares = 0;

  add(value: number): void {
    this.min = this.count === 0 ? value : Math.min(this.min, value);
    this.max = this.count === 0 ? value : Math.max(this.max, value);
    this.count++;
    this.sum += value;
    this.sumOfSquares += value * value;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** Sample standard deviation; 0 below two observations. */
  get standardDeviation(): number {
    if (this.count < 2) return 0;
    const spread = this.count * this.sumOfSquares - this.sum * this.sum;
    // Rounding may leave a tiny negative spread where all values are equal.
    return Math.sqrt(Math.max(0, spread) / (this.count * (this.count - 1)));
  }
}
