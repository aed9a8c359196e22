package edit

import (
	"math"
	"net/url"
	"strconv"
	"strings"
)

// count reads a whole number from 0 of ordinary size.
func count(s string) (int, bool) {
	v, err := strconv.ParseUint(s, 10, 31)
	return int(v), err == nil
}

// decimal reads a finite number as most languages spell it.
func decimal(s string) (float64, bool) {
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v + 0, err == nil && !math.IsInf(v, 0)
}

// scaled is a length times a factor, as a length.
func scaled(v int, by float64) int {
	return int(min(math.Round(float64(v)*by), math.MaxInt32))
}

// hexColor reads a colour that the service spells without "#".
func hexColor(s string) (Color, bool) {
	if s == "" || strings.HasPrefix(s, "{") {
		return "", false
	}
	if _, ok := parseHex(s); ok {
		s = "#" + s
	}
	c, err := ParseColor(s)
	return c, err == nil
}

// unescape undoes percent-escapes, if they are right.
func unescape(s string) (string, bool) {
	u, err := url.PathUnescape(s)
	return u, err == nil
}

// gravities are the words of compass points.
func compass(s string) (Position, bool) {
	switch s {
	case "north", "top":
		return PositionTop, true
	case "northeast", "right top", "top right":
		return PositionTopRight, true
	case "east", "right":
		return PositionRight, true
	case "southeast", "right bottom", "bottom right":
		return PositionBottomRight, true
	case "south", "bottom":
		return PositionBottom, true
	case "southwest", "left bottom", "bottom left":
		return PositionBottomLeft, true
	case "west", "left":
		return PositionLeft, true
	case "northwest", "left top", "top left":
		return PositionTopLeft, true
	case "center", "centre":
		return PositionCenter, true
	case "entropy", "attention":
		return Position(s), true
	}
	return "", false
}

// byExtension is the format that a key's extension names.
func byExtension(key string) Format {
	dot := strings.LastIndexAny(key, "./")
	if dot < 0 || key[dot] == '/' {
		return ""
	}
	switch strings.ToLower(key[dot:]) {
	case ".jpg", ".jpeg", ".jpe", ".jfif":
		return FormatJPEG
	case ".png", ".apng":
		return FormatPNG
	case ".webp":
		return FormatWebP
	case ".avif":
		return FormatAVIF
	case ".gif":
		return FormatGIF
	case ".tif", ".tiff":
		return FormatTIFF
	case ".heic", ".heif":
		return FormatHEIF
	case ".jp2":
		return FormatJP2
	}
	return ""
}

// formatWord is the format that a service's word stands for.
func formatWord(s string) (Format, bool) {
	switch s {
	case "jpg", "jpeg":
		return FormatJPEG, true
	case "png", "webp", "avif", "gif", "tiff", "heif", "jp2":
		return Format(s), true
	case "tif":
		return FormatTIFF, true
	case "heic":
		return FormatHEIF, true
	}
	return "", false
}
