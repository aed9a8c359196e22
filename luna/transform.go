package luna

import "time"

// A Result says what a transform made.
type Result struct {
	// Format is the name of the format of the bytes written, such as "webp",
	// and MIME its media type.
	Format, MIME string
	// Width and Height in pixels.
	Width, Height int
	// Bytes is how many were written, and SourceBytes how many were read.
	Bytes, SourceBytes int64
	// Took is the time from the first read of the original's pixels to the
	// last byte written.
	Took time.Duration
	// Plan is what was done.
	Plan *Plan
}
