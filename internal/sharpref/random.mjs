// Pseudo-random numbers, the same everywhere: the generator of the recorded
// cases, and with another seed that of the live ones.

// Random is mulberry32 (Tommy Ettinger, public domain).
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // next returns an integer of 32 bits.
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  // int returns an integer from low to high, both included.
  int(low, high) {
    return low + (this.next() % (high - low + 1));
  }

  // one returns one of the values.
  one(...values) {
    return values[this.int(0, values.length - 1)];
  }

  // chance is true once in n times.
  chance(n) {
    return this.int(1, n) === 1;
  }

  // decimal returns a number from low to high with two decimals at most.
  decimal(low, high) {
    return this.int(Math.ceil(low * 100), Math.floor(high * 100)) / 100;
  }
}
