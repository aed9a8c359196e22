package luna

// A Plan is all that is decided about a transform before a pixel is decoded.
type Plan struct {
	// Bytes is the most memory that the transform holds at once.
	Bytes int64
}
