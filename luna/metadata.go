package luna

// Metadata is what the headers of an original tell, in sharp's words.
type Metadata struct {
	// Width and Height as stored, in pixels.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Format of the file, such as "jpeg".
	Format string `json:"format"`
	// Space is the stored colours' space: "srgb", "b-w", "cmyk", "rgb16" or
	// "grey16".
	Space string `json:"space"`
	// Channels counts the stored channels, alpha included.
	Channels int  `json:"channels"`
	HasAlpha bool `json:"hasAlpha"`
	// Orientation is EXIF's, 1 to 8; 1 where the file has none.
	Orientation int `json:"orientation"`
	// Density in pixels an inch; 72 where the file does not say.
	Density float64 `json:"density"`
	// IsProgressive says that a coarse picture comes first.
	IsProgressive bool `json:"isProgressive"`
	// Pages counts frames or pages, at least 1.
	Pages int `json:"pages"`
	// Size of the file in bytes. [Engine.Metadata] reads headers only and
	// leaves it 0; who knows it sets it.
	Size int64 `json:"size"`
	// OrientedWidth and OrientedHeight are those of the upright picture.
	OrientedWidth  int `json:"orientedWidth"`
	OrientedHeight int `json:"orientedHeight"`
}
