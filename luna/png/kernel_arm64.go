//go:build arm64 && !noasm && gc

package png

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true
