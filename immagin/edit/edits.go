package edit

import "encoding/json"

// An Edit is one step of a request: one of the types of this package whose
// documentation says so. Edits are values; the zero value of an optional field
// means that the caller left it out, and pointers stand where zero itself
// means something (new(0.5) makes one). A pointer to an edit has the methods
// too, but is refused by all functions of this package.
type Edit interface {
	// Name is the edit's member name in a payload, such as "resize".
	Name() string
	edit()
}

// Resize is an edit that scales the image, and crops or extends it where Fit
// says so.
type Resize struct {
	// Width in pixels, 1 to [Limits].MaxSide. Required.
	Width int
	// Height in pixels, 1 to [Limits].MaxSide; 0 keeps the proportions.
	Height int
	// Fit says how the image meets Width and Height; FitCover by default.
	Fit Fit
	// Position says what FitCover keeps and where FitContain places the
	// image; PositionCenter by default.
	Position Position
	// Background fills what FitContain adds; opaque black by default.
	Background Color
	// Upscale allows the image to grow; false by default.
	Upscale *bool
	// Downscale allows the image to shrink; true by default.
	Downscale *bool
}

// A Fit says how an image meets the width and height of a [Resize].
type Fit string

// The fits, in sharp's words.
const (
	FitCover   Fit = "cover"   // fill the box, cropping what leaves it
	FitContain Fit = "contain" // fit into the box, filling the rest with the background
	FitFill    Fit = "fill"    // stretch to the box
	FitInside  Fit = "inside"  // as large as fits into the box
	FitOutside Fit = "outside" // as small as covers the box
)

// A Position is a place in an image, or a strategy to find one.
type Position string

// The positions. Entropy and attention are only for [Resize]; the others are
// for layers as well.
const (
	PositionTop         Position = "top"
	PositionRight       Position = "right"
	PositionBottom      Position = "bottom"
	PositionLeft        Position = "left"
	PositionCenter      Position = "center"
	PositionTopLeft     Position = "top-left"
	PositionTopRight    Position = "top-right"
	PositionBottomLeft  Position = "bottom-left"
	PositionBottomRight Position = "bottom-right"
	PositionEntropy     Position = "entropy"   // keep what carries the most information
	PositionAttention   Position = "attention" // keep skin, saturated colours and edges
)

// Rotate is an edit that turns the image clockwise.
type Rotate struct {
	// Angle in degrees, any finite number. Multiples of 90 are exact.
	Angle float64
	// Background fills the corners; opaque black by default.
	Background Color
}

// Flip is an edit that mirrors the image top to bottom.
type Flip bool

// Flop is an edit that mirrors the image left to right.
type Flop bool

// AutoOrient is an edit that, when false, leaves the image as stored instead
// of turning it upright by its EXIF orientation.
type AutoOrient bool

// Crop is an edit that keeps a rectangle, which must lie inside the image.
type Crop struct {
	Left, Top     int // from the top-left corner, in pixels; 0 to 100000000
	Width, Height int // in pixels; 1 to 100000000
}

// Extend is an edit that adds borders.
type Extend struct {
	// Pixels to add on each side, 0 to 10000; nil is 0.
	Top, Bottom, Left, Right *int
	// Background of the borders; opaque black by default.
	Background Color
}

// Trim is an edit that removes borders of one colour.
type Trim struct {
	// Background is the colour to remove; that of the top-left pixel by
	// default.
	Background Color
	// Threshold is the difference, 0 and more, up to which a sample counts as
	// background; 10 by default.
	Threshold *float64
}

// Blur is an edit that blurs by a Gaussian of that sigma, 0.3 to 1000; below
// 0.558 it changes nothing.
type Blur float64

// Sharpen is an edit that sharpens by an unsharp mask of that sigma, 0.000001
// to 10.
type Sharpen float64

// Grayscale is an edit that, when true, removes colour.
type Grayscale bool

// Modulate is an edit that changes brightness, saturation, hue and lightness.
type Modulate struct {
	Brightness *float64 // factor, 0 and more; 1 by default
	Saturation *float64 // factor, 0 and more; 1 by default
	Hue        *int     // whole degrees to turn by, of 32 bits; 0 by default
	Lightness  *float64 // amount to add to CIE L*; 0 by default
}

// Tint is an edit that gives a grayscale copy of the image the chroma of one
// colour.
type Tint struct {
	R, G, B uint8 // of the colour, 0 to 255; only its chroma counts
}

// Invert is an edit that, when true, makes the negative; alpha is left alone.
type Invert bool

// Normalize is an edit that stretches luminance to cover the full range.
type Normalize struct {
	Lower *float64 // percentile that becomes black, 0 to 99; 1 by default
	Upper *float64 // percentile that becomes white, 1 to 100; 99 by default
}

// Flatten is an edit that removes alpha by laying the image on a background.
type Flatten struct {
	Background Color // black by default
}

// Text is an edit that draws text over the image, after all other edits.
type Text struct {
	// Text in UTF-8, 1 to [Limits].MaxTextLength characters. Required. "\n"
	// breaks lines; long lines wrap.
	Text string
	// FontSize in pixels, 1 to 4096; 24 by default.
	FontSize *float64
	// Color of the text; "#ffffff" by default.
	Color Color
	// Opacity 0 to 1; 1 by default.
	Opacity *float64
	// Position of the text block; PositionBottomRight by default.
	Position Position
	// Padding in pixels from the image's edges, 0 to [Limits].MaxSide; 16 by
	// default.
	Padding *int
	// Font is the name of a font that the integrator added, at most 64 bytes;
	// the embedded one by default.
	Font string
	// MaxWidth in pixels at which lines wrap, 1 to [Limits].MaxSide; the
	// image's width less the padding by default.
	MaxWidth *int
	// LineHeight as a multiple of FontSize, 0.5 to 10; 1.2 by default.
	LineHeight *float64
	// Align of lines within the block; follows Position by default.
	Align Align
}

// An Align is the alignment of lines of text.
type Align string

// The alignments.
const (
	AlignLeft   Align = "left"
	AlignCenter Align = "center"
	AlignRight  Align = "right"
)

// Image is an edit that lays another picture of the same store over the
// image, after all other edits but in order with [Text]. The picture is turned
// upright first. One that would be larger than the image less the padding is
// made smaller, in proportion, until it fits; a padding that leaves no room
// counts as the largest that does. An opaque image stays opaque.
type Image struct {
	// Key of the picture in the store, see [ValidateKey]. Required.
	Key string
	// Width in pixels to scale it to, in proportion, up or down, 1 to
	// [Limits].MaxSide; its own by default, which 0 stands for.
	Width int
	// Opacity 0 to 1; 1 by default.
	Opacity *float64
	// Position of the picture; PositionBottomRight by default.
	Position Position
	// Padding in pixels from the image's edges, 0 to [Limits].MaxSide; 16 by
	// default.
	Padding *int
	// Tile repeats it over the whole image, from the top left corner and
	// without padding.
	Tile *bool
	// Blend says how colours mix; BlendOver by default.
	Blend Blend
}

// A Blend says how the colours of a layer mix with those below it.
type Blend string

// The blend modes, in sharp's words.
const (
	BlendOver       Blend = "over"
	BlendMultiply   Blend = "multiply"
	BlendScreen     Blend = "screen"
	BlendOverlay    Blend = "overlay"
	BlendDarken     Blend = "darken"
	BlendLighten    Blend = "lighten"
	BlendColorDodge Blend = "color-dodge"
	BlendColorBurn  Blend = "color-burn"
	BlendHardLight  Blend = "hard-light"
	BlendSoftLight  Blend = "soft-light"
	BlendDifference Blend = "difference"
	BlendExclusion  Blend = "exclusion"
)

// Contrast is an edit that changes contrast by a percentage, -100 to 100; 0
// changes nothing.
type Contrast float64

// Gamma is an edit that applies a gamma correction, above 0; 1 changes
// nothing.
type Gamma float64

// Sigmoid is an edit that changes contrast along a sigmoid curve.
type Sigmoid struct {
	Midpoint float64 // 0 to 1
	Factor   float64 // positive increases contrast, negative decreases it, 0 changes nothing
}

// Custom is an edit that the integrator plugged in.
type Custom struct {
	// Operation is the edit's name: "x-" and at most 62 ASCII letters, digits
	// and hyphens, such as "x-vignette".
	Operation string
	// Parameters are any JSON; nil is null. [Parse] and [Request.Encode] spell
	// them as JavaScript would after JSON.parse: no white space, numbers as
	// doubles, so that whole numbers are exact up to 2^53, array indexes first
	// among an object's names. The canonical form sorts the other names too.
	Parameters json.RawMessage
}

func (Resize) Name() string     { return "resize" }
func (Rotate) Name() string     { return "rotate" }
func (Flip) Name() string       { return "flip" }
func (Flop) Name() string       { return "flop" }
func (AutoOrient) Name() string { return "autoOrient" }
func (Crop) Name() string       { return "crop" }
func (Extend) Name() string     { return "extend" }
func (Trim) Name() string       { return "trim" }
func (Blur) Name() string       { return "blur" }
func (Sharpen) Name() string    { return "sharpen" }
func (Grayscale) Name() string  { return "grayscale" }
func (Modulate) Name() string   { return "modulate" }
func (Tint) Name() string       { return "tint" }
func (Invert) Name() string     { return "invert" }
func (Normalize) Name() string  { return "normalize" }
func (Flatten) Name() string    { return "flatten" }
func (Text) Name() string       { return "text" }
func (Image) Name() string      { return "image" }
func (Contrast) Name() string   { return "contrast" }
func (Gamma) Name() string      { return "gamma" }
func (Sigmoid) Name() string    { return "sigmoid" }
func (e Custom) Name() string   { return e.Operation }

func (Resize) edit()     {}
func (Rotate) edit()     {}
func (Flip) edit()       {}
func (Flop) edit()       {}
func (AutoOrient) edit() {}
func (Crop) edit()       {}
func (Extend) edit()     {}
func (Trim) edit()       {}
func (Blur) edit()       {}
func (Sharpen) edit()    {}
func (Grayscale) edit()  {}
func (Modulate) edit()   {}
func (Tint) edit()       {}
func (Invert) edit()     {}
func (Normalize) edit()  {}
func (Flatten) edit()    {}
func (Text) edit()       {}
func (Image) edit()      {}
func (Contrast) edit()   {}
func (Gamma) edit()      {}
func (Sigmoid) edit()    {}
func (Custom) edit()     {}
