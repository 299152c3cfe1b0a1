/**
 * The curve edwards25519 (RFC 8032 §5.1), as far as it takes to tell a good
 * public key from a bad one.
 *
 * Layer 1.
 * @module
 */

/** The field has this many elements. */
export const curvePrime = 2n ** 255n - 19n;

/** `d` in `-x² + y² = 1 + d·x²·y²`: -121665/121666. */
const curveD = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;

/** A point of order 8 doubles to one with y = 0, so x² = -y², and the curve says d·y⁴ + 2y² = 1. */
const orderEight = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/**
 * The y of all points whose order divides 8. A public key that is one of them has
 * signatures that fit many messages.
 */
export const smallOrderOrdinates: ReadonlySet<bigint> = new Set([
  1n, // order 1
  curvePrime - 1n, // order 2
  0n, // order 4
  orderEight,
  curvePrime - orderEight,
]);

/** Whether there is a point with this y: whether `x² = (y² - 1) / (d·y² + 1)` has a solution. */
export function isOnCurve(y: bigint): boolean {
  const square = y * y % curvePrime;
  const numerator = square - 1n;
  const denominator = (curveD * square + 1n) % curvePrime; // Never 0, as -1/d is no square.
  // Euler's criterion; a quotient is a square where the product is one.
  return numerator === 0n || power(numerator * denominator, (curvePrime - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base % curvePrime, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = result * square % curvePrime;
    square = square * square % curvePrime;
  }
  return (result + curvePrime) % curvePrime;
}
