package edit

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
)

// ParseImgproxy reads a URL of imgproxy 3, or its path, and returns what it
// asks for as a request: trim, rotation, crop, resize, filters, padding and
// background in imgproxy's own order, whatever the order of the options.
//
//	/{signature}/{options}/plain/{source}@{extension}
//	/{signature}/{options}/{base64url of the source}.{extension}
//
// The signature is not verified: that takes imgproxy's key and salt. The query
// is left alone, as imgproxy does. Presets, encrypted sources, chained
// pipelines and the URL format of imgproxy 1 are refused. cachebuster becomes
// Version, expires Expires.
//
// Errors are of type *[ImportError] and list all options that have no exact
// counterpart; beside it stands the request as far as it goes, which
// is valid, or nil where the original is unknown.
//
// Documented defaults: quality 80 (webp 79, avif 63), auto_rotate on, formats
// without alpha on white. Sources: docs.imgproxy.net, usage/processing and
// configuration/options; imgproxy's processing/prepare.go, crop.go and
// extend.go for sizes, options/url.go for the grammar.
func ParseImgproxy(url string, options *ImportOptions) (*Request, error) {
	p := imgproxy{importer: newImporter("imgproxy", options), said: map[string]saying{}}
	p.defaultQuality = func(f Format) int {
		switch f {
		case FormatJPEG, FormatTIFF, FormatHEIF:
			return 80
		case FormatWebP:
			return 79
		case FormatAVIF:
			return 63
		}
		return 0
	}
	if path, _, ok := p.path(url); ok {
		p.parse(path)
	}
	return p.finish()
}

// imgproxy is what the options of a URL have set so far.
type imgproxy struct {
	*importer

	kind          string // of resize; "" is fit
	width, height int
	dpr           float64 // 0 is 1
	enlarge       bool
	extend        bool
	extendAt      Position
	gravity       Position
	crop          []string
	cropAt        Position // "" is that of gravity
	trim          *Trim
	rotate        float64
	flip, flop    bool
	upright       *bool
	blur, sharpen float64
	padding       [4]int // top, right, bottom, left
	background    Color
	extension     string
	byFormat      map[string]int

	said map[string]saying // the option that set a thing last
}

// A saying is an option as the URL spells it.
type saying struct{ option, value string }

func (p *imgproxy) parse(path string) {
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		p.refuse("url", path, "must be /{signature}/{options}/{source}")
		return
	}
	parts = parts[1:] // the signature
	switch parts[0] {
	case "fit", "fill", "fill-down", "force", "auto", "crop":
		p.refuse("url", path, "is of the basic format of imgproxy 1 and 2, which imgproxy 3 refuses as well")
		return
	}
	for len(parts) > 0 {
		part, ok := unescape(parts[0])
		if !ok || !strings.Contains(part, ":") {
			break
		}
		name, value, _ := strings.Cut(part, ":")
		p.option(name, value, strings.Split(value, ":"))
		parts = parts[1:]
	}
	p.original(parts)
	p.emit()
}

// original reads the part of the URL that names the source.
func (p *imgproxy) original(parts []string) {
	switch {
	case len(parts) == 0 || parts[0] == "":
		p.refuse("source", "", "is missing: the URL must end with plain/ and a URL, or with one in base64url")
		return
	case parts[0] == "enc":
		p.refuse("enc", strings.Join(parts[1:], "/"), "is an encrypted source, which only imgproxy's key opens")
		return
	case parts[0] == "-":
		p.refuse("-", "", "is a chain of pipelines")
		return
	}
	if parts[0] == "plain" && len(parts) > 1 {
		all := strings.Join(parts[1:], "/")
		source, extension, _ := strings.Cut(all, "@")
		u, ok := unescape(source)
		if !ok || strings.Contains(extension, "@") {
			p.refuse("source", all, "must be percent-escaped, with one @ before the extension")
			return
		}
		p.ext(extension)
		p.source(slashes(u))
		return
	}
	all := strings.Join(parts, "")
	source, extension, _ := strings.Cut(all, ".")
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(source, "="))
	if err != nil || strings.Contains(extension, ".") {
		p.refuse("source", strings.Join(parts, "/"), "must be base64url, with one dot before the extension")
		return
	}
	p.ext(extension)
	p.source(string(b))
}

// slashes restores what proxies and routers collapse: http:/host, local:/path.
func slashes(u string) string {
	scheme, rest, ok := strings.Cut(u, ":/")
	if !ok || strings.ContainsAny(scheme, "/?#") || scheme == "" || strings.HasPrefix(rest, "/") {
		return u
	}
	if scheme == "local" {
		rest = "/" + rest
	}
	return scheme + "://" + rest
}

func (p *imgproxy) ext(s string) {
	if s != "" {
		p.extension = s
		p.said["format"] = saying{"extension", s}
	}
}

// option sets what one option asks for. Options that come later win.
func (p *imgproxy) option(name, value string, args []string) {
	say := func(things ...string) {
		for _, t := range things {
			p.said[t] = saying{name, value}
		}
	}
	arg := func(n int) string {
		if n < len(args) {
			return args[n]
		}
		return ""
	}
	// size, enlarge and extend are what several options share, from the n-th
	// argument on.
	size := func(n int) {
		p.length(name, value, arg(n), &p.width)
		p.length(name, value, arg(n+1), &p.height)
		p.flag(name, value, arg(n+2), &p.enlarge)
		p.flag(name, value, arg(n+3), &p.extend)
		say("size")
		if arg(n+2) != "" {
			say("enlarge")
		}
		if arg(n+3) != "" {
			say("extend")
		}
		if len(args) > n+4 {
			p.extendAt = p.point(name, value, args[n+4:])
		}
	}
	none := func(reason string, off ...string) {
		for _, o := range off {
			if value == o {
				return
			}
		}
		p.refuse(name, value, "%s", reason)
	}
	switch name {
	case "resize", "rs":
		p.kinds(name, value, arg(0))
		if arg(0) != "" {
			say("kind")
		}
		size(1)
	case "size", "s":
		size(0)
	case "resizing_type", "rt":
		p.kinds(name, value, arg(0))
		say("kind")
	case "resizing_algorithm", "ra":
		none("must be lanczos3, the one that there is here", "lanczos3")
	case "width", "w":
		p.length(name, value, value, &p.width)
		say("size")
	case "height", "h":
		p.length(name, value, value, &p.height)
		say("size")
	case "min-width", "min_width", "mw", "min-height", "min_height", "mh":
		none("a smallest size depends on the original's", "0")
	case "zoom", "z":
		none("scales beside width and height; multiply them instead", "1", "1:1", "1.0")
	case "dpr":
		v, ok := decimal(value)
		if !ok || v <= 0 {
			p.refuse(name, value, "must be a number above 0")
			return
		}
		p.dpr = v
		say("dpr")
	case "enlarge", "el":
		p.flag(name, value, value, &p.enlarge)
		say("enlarge")
	case "extend", "ex":
		p.flag(name, value, arg(0), &p.extend)
		say("extend")
		if len(args) > 1 {
			p.extendAt = p.point(name, value, args[1:])
		}
	case "extend_aspect_ratio", "extend_ar", "exar":
		none("extends to a proportion whose size depends on the original", "0", "f", "false")
	case "gravity", "g":
		p.gravity = p.point(name, value, args)
	case "crop", "c":
		p.crop = args
		p.cropAt = ""
		if len(args) > 2 {
			p.cropAt = p.point(name, value, args[2:])
		}
		say("crop")
	case "trim", "t":
		p.trims(name, value, args)
	case "padding", "pd":
		p.pad(name, value, args)
		say("padding")
	case "auto_rotate", "ar":
		upright := true
		p.flag(name, value, value, &upright)
		p.upright = &upright
	case "rotate", "rot":
		v, ok := decimal(value)
		if !ok || math.Mod(v, 90) != 0 {
			p.refuse(name, value, "must be a multiple of 90")
			return
		}
		p.rotate = v
		say("rotate")
	case "flip", "fl":
		p.flop, p.flip = false, false
		p.flag(name, value, arg(0), &p.flop)
		p.flag(name, value, arg(1), &p.flip)
	case "background", "bg":
		p.backgrounds(name, value, args)
	case "background_alpha", "bga":
		none("a background lies under the whole picture, opaque", "1", "1.0")
	case "blur", "bl":
		p.sigma(name, value, &p.blur)
		say("blur")
	case "sharpen", "sh":
		p.sigma(name, value, &p.sharpen)
		say("sharpen")
	case "pixelate", "pix":
		none("there is no such edit", "0", "1")
	case "brightness", "br":
		none("adds to each channel, which no edit does", "0")
	case "contrast", "co", "saturation", "sa":
		none("is computed otherwise there", "1", "1.0")
	case "watermark", "wm":
		none("lays on the picture that the server is configured with; use an image edit", "0")
	case "strip_metadata", "sm":
		p.must(name, value, true, "metadata are stripped here unless the engine is told to keep them")
	case "strip_color_profile", "scp":
		p.must(name, value, true, "pixels are always converted to sRGB here")
	case "keep_copyright", "kcr":
		p.must(name, value, false, "is for the engine's metadata option to say, not for a URL")
	case "enforce_thumbnail", "eth":
		p.must(name, value, false, "thumbnails inside originals are not used here")
	case "disable_animation", "da":
		p.must(name, value, false, "animations stay animated where the format can be")
	case "return_attachment", "att":
		p.must(name, value, false, "results are served inline")
	case "raw":
		p.must(name, value, false, "originals are not served as they are")
	case "quality", "q":
		v, ok := count(value)
		if !ok || v > 100 {
			p.refuse(name, value, "must be a whole number from 0 to 100")
			return
		}
		p.output.Quality = v
		say("quality")
	case "format_quality", "fq":
		p.formatQuality(name, value, args)
	case "max_bytes", "mb":
		none("there is no target in bytes, only a quality", "0")
	case "jpeg_options", "jpgo", "png_options", "pngo":
		progressive := false
		p.flag(name, value, arg(0), &progressive)
		if progressive {
			say("progressive " + name[:1])
		}
		if strings.Trim(strings.Join(args[1:], ""), "") != "" {
			p.refuse(name, value, "of its arguments only the first, progressive, is an option here")
		}
	case "format", "f", "ext":
		p.extension = value
		say("format")
	case "page", "pg":
		none("the first page is taken", "0")
	case "skip_processing", "skp":
		none("every original is processed", "")
	case "cachebuster", "cb":
		if r := (Request{Key: "-", Version: value}); r.Validate(nil) != nil {
			p.refuse(name, value, "must be at most %d characters", maxVersion)
			return
		}
		p.request.Version = value
	case "expires", "exp":
		if value == "" {
			return
		}
		v, err := strconv.ParseInt(value, 10, 64)
		if err != nil || v < 0 || v > maxExpires {
			p.refuse(name, value, "must be a Unix time in seconds")
			return
		}
		p.request.Expires = &v
	case "filename", "fn":
		none("file names follow the key", "")
	case "preset", "pr":
		none("is defined in imgproxy's configuration: write its options instead", "")
	default:
		p.refuse(name, value, "has no counterpart")
	}
}
