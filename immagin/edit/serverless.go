package edit

import (
	"encoding/base64"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ParseServerlessImageHandler reads a URL of AWS's Serverless Image Handler,
// now Dynamic Image Transformation for Amazon CloudFront, or its path, and
// returns what it asks for as a request. There are two forms, and for both the
// query edits of version 7 (format, fit, width, height, rotate, flip, flop,
// grayscale) and expires:
//
//	/{base64 of {"bucket":…,"key":…,"edits":{…},"outputFormat":…}}
//	/AxB:CxD/fit-in/WxH/filters:…/{key}
//
// The edits stand as sharp runs them: the handler calls sharp in their order in
// the JSON, and [SharpOrder] says what becomes of that. The second form goes
// through the handler's own table, which differs from thumbor's. A signature is
// not verified. [ImportOptions].Source is given s3://bucket/key where the
// request names a bucket; without it the key stands as it is, whatever the
// bucket.
//
// Errors are of type *[ImportError] and list all options that have no exact
// counterpart; beside it stands the request as far as it goes, which
// is valid, or nil where the original is unknown.
//
// The handler keeps the EXIF orientation for the viewer to apply; here pictures
// are turned upright first, so that sizes are those that one sees. Documented
// defaults are sharp's qualities: 80, avif and heif 50. Sources:
// docs.aws.amazon.com/solutions, "Create and use image requests", "Use
// filters", "Use supported query param edits"; image-handler.ts,
// image-request.ts and thumbor-mapper.ts of
// aws-solutions/dynamic-image-transformation-for-amazon-cloudfront.
func ParseServerlessImageHandler(url string, options *ImportOptions) (*Request, error) {
	s := serverless{importer: newImporter("Serverless Image Handler", options)}
	s.defaultQuality = sharpQuality
	if path, query, ok := s.path(url); ok {
		s.parse(path, query)
	}
	return s.finish()
}

type serverless struct {
	*importer

	upright *bool
	formats map[Format]*Output // the options that edits give for a format
	chosen  Format             // that of the last such edit
	size    Resize
}

func (s *serverless) parse(path, query string) {
	raw, ok := unescape(path)
	if !ok {
		s.refuse("url", path, "must be percent-escaped")
		return
	}
	var edits node
	text, isJSON := fromBase64(raw)
	if isJSON {
		if edits, ok = s.request64(text); !ok {
			return
		}
	} else {
		key, n, ok := s.mapped(path)
		if !ok {
			return
		}
		edits = n
		s.original("", key)
	}
	s.query(query, &edits)
	if !isJSON {
		moveQuality(&edits)
	}
	s.all(&edits)
	s.encoding()
	s.request.Edits = SharpOrder.Sort(s.request.Edits)
	s.orient(s.upright, true)
}

// fromBase64 decodes what looks like a JSON object.
func fromBase64(s string) ([]byte, bool) {
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	b, err := base64.RawStdEncoding.DecodeString(s)
	text := strings.TrimSpace(string(b))
	return []byte(text), err == nil && strings.HasPrefix(text, "{")
}

func (s *serverless) original(bucket, key string) {
	switch {
	case s.options.Source != nil && bucket != "":
		s.source("s3://" + bucket + "/" + key)
	case s.options.Source == nil && strings.HasPrefix(key, "/"):
		s.refuse("source", key, "must not begin with /: keys here do not")
	default:
		s.source(key)
	}
}

// request64 reads the JSON form and returns its edits.
func (s *serverless) request64(b []byte) (node, bool) {
	var f faults
	n, ok := scan(b, nil, &f)
	for _, fault := range f.list {
		s.refuse("json", fault.Path, "%s", fault.Message)
	}
	if !ok || len(f.list) > 0 {
		return node{}, false
	}
	edits := node{kind: object}
	var bucket, key string
	for _, m := range n.members {
		v := m.value
		switch m.name {
		case "bucket":
			bucket = v.text
		case "key":
			key = v.text
		case "edits":
			if v.kind == object {
				edits = v
			} else if v.kind != null {
				s.refuse(m.name, spell(&v), "must be an object")
			}
		case "outputFormat", "effort", "reductionEffort":
		case "headers":
			if len(v.members) > 0 {
				s.refuse(m.name, spell(&v), "results have the headers that delivery gives them")
			}
		default:
			s.refuse(m.name, spell(&v), "is unknown")
		}
	}
	s.original(bucket, key)
	if v := n.get("outputFormat"); v != nil && v.kind == text && edits.get("toFormat") == nil {
		set(&edits, "toFormat", *v)
	}
	if v := n.get("effort"); v != nil {
		if effort, ok := numeral(v); ok && effort >= 0 && effort < 7 {
			s.formats = map[Format]*Output{FormatWebP: {Effort: new(int(effort))}}
		} else {
			s.refuse("effort", spell(v), "must be a whole number from 0 to 6")
		}
	}
	return edits, true
}

// query reads the edits of the query. They replace those of the path by name:
// one option of a resize replaces the whole of it.
func (s *serverless) query(query string, edits *node) {
	if query == "" {
		return
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		s.refuse("url", query, "must have a query that is percent-escaped")
		return
	}
	var given, resize node
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v := values[name][len(values[name])-1] // the one that the handler is given
		number, isNumber := decimal(v)
		number = math.Trunc(number)
		switch name {
		case "signature":
		case "format":
			set(&given, "toFormat", node{kind: text, text: v})
		case "fit", "width", "height":
			n := node{kind: text, text: v}
			if name != "fit" {
				switch {
				case v == "" || isNumber && number == 0:
					n = node{kind: null}
				case isNumber:
					n = node{kind: numeric, number: number}
				default:
					s.refuse(name, v, "must be a number of pixels")
					continue
				}
			}
			set(&resize, name, n)
			set(&given, "resize", resize)
		case "rotate":
			switch {
			case v == "":
				set(&given, name, node{kind: null})
			case isNumber:
				set(&given, name, node{kind: numeric, number: number})
			default:
				s.refuse(name, v, "must be a number of degrees")
			}
		case "flip", "flop", "greyscale", "grayscale":
			k := yes
			if v == "" || v == "0" || strings.EqualFold(v, "false") {
				k = no
			}
			set(&given, name, node{kind: k})
		case "expires":
			at, err := time.Parse("20060102T150405Z", v)
			if err != nil {
				s.refuse(name, v, "must be a time such as 20260131T120000Z")
				continue
			}
			s.request.Expires = new(at.Unix())
		default:
			s.refuse(name, v, "is none of the query's edits")
		}
	}
	for _, m := range given.members {
		set(edits, m.name, m.value)
	}
}

// set gives an object a member, in the place of the one of that name.
func set(n *node, name string, v node) {
	n.kind = object
	if old := n.get(name); old != nil {
		*old = v
		return
	}
	n.members = append(n.members, member{name, v})
}

// spell is a value as JSON.
func spell(n *node) string { return string(appendNode(nil, n)) }

// numeral is a number, or a string that spells one.
func numeral(n *node) (float64, bool) {
	if n.kind == text {
		return decimal(n.text)
	}
	return n.number, n.kind == numeric
}

// all adds the edits in the order of the calls.
func (s *serverless) all(edits *node) {
	if n := edits.get("resize"); n != nil {
		s.size, _ = s.resize(n)
	}
	for k := range edits.members {
		s.call(edits, edits.members[k].name, &edits.members[k].value)
	}
}

// members goes through an object's members; those that known does not take are
// noted.
func (s *serverless) members(option string, n *node, known func(name string, v *node) bool) {
	for k := range n.members {
		m := &n.members[k]
		if !known(m.name, &m.value) {
			s.refuse(option+"."+m.name, spell(&m.value), "has no counterpart, or not for this value")
		}
	}
}

// encoding settles the output.
func (s *serverless) encoding() {
	if s.output.Format == "" {
		s.output.Format = s.chosen
	}
	if o := s.formats[s.format()]; o != nil {
		format := s.output.Format
		s.output = *o
		s.output.Format = format
	}
	if s.output.Format == FormatGIF { // has none there
		s.output.Quality = 0
	}
}

// encoder reads the options that an edit such as jpeg gives for its format.
func (s *serverless) encoder(name string, f Format, n *node) {
	s.chosen = f
	if s.formats == nil {
		s.formats = map[Format]*Output{}
	}
	if s.formats[f] == nil {
		s.formats[f] = &Output{}
	}
	o := s.formats[f]
	s.members(name, n, func(option string, v *node) bool {
		number, isNumber := numeral(v)
		whole := isNumber && number == math.Trunc(number) && math.Abs(number) < 1000
		switch {
		case v.kind == null:
		case option == "quality" && whole && number >= 1 && number <= 100:
			o.Quality = int(number)
		case option == "progressive" && f.progressive() && (v.kind == yes || v.kind == no):
			o.Progressive = new(v.kind == yes)
		case option == "lossless" && f.lossless() && (v.kind == yes || v.kind == no):
			o.Lossless = new(v.kind == yes)
		case (option == "effort" || option == "reductionEffort") && whole && f.effort() > 0 && number >= 0 && int(number) <= f.effort():
			o.Effort = new(int(number))
		case option == "force" && v.kind == yes:
		case option == "compressionLevel" || option == "adaptiveFiltering" && f == FormatPNG:
			s.near(name+"."+option, spell(v), "pixels are the same, bytes need not be")
		default:
			return false
		}
		return true
	})
}
