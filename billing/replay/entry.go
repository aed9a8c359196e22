package replay

import (
	"errors"
	"strings"
	"time"
)

// ErrLine is the error for a line that is not of its format.
var ErrLine = errors.New("replay: line not understood")

// An Entry is one line of an access log. What the line does not tell is zero.
type Entry struct {
	Time   time.Time // when it was logged, in UTC
	Tenant string    // JSON lines only
	Host   string    // to which it was sent, with its port where the log has it
	Method string    // such as GET
	Path   string    // as it was sent, escapes included
	Query  string    // without the question mark
	Status int       // the answer's, such as 200
	Bytes  int64     // of the answer's body
	Cache  Cache     // what the cache did

	// Key, Version and Canonical of the transform, which JSON lines may have
	// in place of a path.
	Key, Version, Canonical string
}

// Cache is what a line tells of the cache.
type Cache uint8

// What became of a request in the cache.
const (
	Unknown   Cache = iota // the line does not tell
	Hit                    // answered by the cache
	Miss                   // made for this request
	Coalesced              // made for another request at the same time
)

// parseCache knows the words that caches write: luna, nginx, Varnish, Cloudflare, CloudFront,
// Fastly and Squid.
func parseCache(word string) Cache {
	word = strings.ToLower(word)
	if i := strings.IndexAny(word, " ,;/"); i >= 0 { // "HIT, MISS", "Hit from cloudfront", "TCP_MISS/200"
		word = word[:i]
	}
	word = strings.TrimPrefix(word, "tcp_")
	word = strings.TrimSuffix(word, "-cluster")
	switch word {
	case "hit", "stale", "updating", "revalidated", "refreshhit", "originshieldhit", "mem_hit", "refresh_unmodified":
		return Hit
	case "miss", "expired", "bypass", "pass", "dynamic", "refresh_modified":
		return Miss
	case "coalesced":
		return Coalesced
	}
	return Unknown
}

// Times of records are those of package meter: 1970 to 2199.
func checkTime(t time.Time) bool { return t.Unix() >= 0 && t.UTC().Year() < 2200 }
