package luna

import (
	"net/http"
	"strconv"
	"time"
)

const (
	year           = 365 * 24 * time.Hour
	metadataMaxAge = time.Minute
)

// respond is step 17: the record, or that the client has it already.
func (h *Handler) respond(w http.ResponseWriter, x *exchange) {
	r, head := x.record, w.Header()
	secure(head)
	head.Set("ETag", r.etag)
	head.Set("Cache-Control", x.cacheControl(time.Now()))
	head.Set("X-Luna-Cache", x.source)
	head.Set("Server-Timing", x.timings.String())
	if x.choice.varies {
		head.Add("Vary", "Accept") // a wrapper may vary by more
	}
	if matchesETag(x.request.Header.Values("If-None-Match"), r.etag) {
		x.status = http.StatusNotModified
		w.WriteHeader(x.status)
		return
	}
	head.Set("Content-Type", r.contentType)
	head.Set("Content-Length", strconv.FormatInt(r.size, 10))
	if r.extension != "" {
		head.Set("Content-Disposition", disposition(x.ask.Key, r.extension))
	}
	if r.missing != "" {
		head.Set("X-Luna-Missing-Glyphs", r.missing)
	}
	x.status = http.StatusOK
	w.WriteHeader(x.status)
	if x.request.Method != http.MethodHead {
		n, _ := w.Write(r.body) // the client has gone
		x.sent = int64(n)
	}
}

// secure sets what keeps browsers from taking an answer for anything but what
// it is. Images are small: parts of them are not served.
func secure(head http.Header) {
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Accept-Ranges", "none")
}

// cacheControl lets caches keep an image for a year, or to the end of its
// URL: another picture has another URL.
func (x *exchange) cacheControl(now time.Time) string {
	age, immutable := year, ", immutable"
	if x.ask.Metadata != nil {
		age, immutable = metadataMaxAge, ""
	}
	if x.choice.age > 0 {
		age, immutable = x.choice.age, ""
	}
	if left := x.expires.Sub(now); !x.expires.IsZero() && left < age {
		age, immutable = max(left, 0), ""
	}
	return "public, max-age=" + strconv.FormatInt(int64(age/time.Second), 10) + immutable
}
