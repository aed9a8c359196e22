package luna

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
)

// cacheKey returns the name of a derived image: the SHA-256 of its parts, each
// with its length before it, so that no two lists of parts hash the same text.
func cacheKey(parts ...string) string {
	h := sha256.New()
	var length [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		io.WriteString(h, part)
	}
	return hex.EncodeToString(h.Sum(nil))
}
