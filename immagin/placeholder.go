package immagin

// A Placeholder stands in for a picture while it loads: three ways to the same
// end, of which a page takes one.
type Placeholder struct {
	// ThumbHash of the picture, some 25 bytes, which a few lines of script
	// turn into a picture of the same proportions, alpha included
	// (https://evanw.github.io/thumbhash/). JSON has it in base64.
	ThumbHash []byte `json:"thumbHash"`
	// BlurHash of the picture, some 30 characters (https://blurha.sh). Empty
	// where the server makes none.
	BlurHash string `json:"blurHash,omitempty"`
	// DataURL is a tiny picture as a URL of its own, of less than 1 KB: no
	// script is needed to show it.
	DataURL string `json:"dataUrl"`
}
