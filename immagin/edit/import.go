package edit

import (
	"fmt"
	"strings"
)

// maxImport is the longest URL of another service that is read, in bytes.
const maxImport = 8 << 10

// ImportOptions say what the URLs of another service do not. A nil
// *ImportOptions is all defaults, and so is each zero field.
type ImportOptions struct {
	// Prefix is the path under which the other service is mounted, such as
	// "/_ipx" or "/images". A URL without it is refused.
	Prefix string
	// Source gives the key of an original in our store by what the URL says of
	// it: "https://example.com/a.jpg", "s3://bucket/a.jpg" or "folder/a.jpg". By
	// default keys are paths as they stand, without the bucket for s3, gs, abs,
	// swift and local URLs, and every other absolute URL is refused.
	Source func(source string) (key string, err error)
	// Format of results where the URL names none. By default it is that of the
	// source by its extension, since all four services keep the original's, and
	// none where the extension tells nothing.
	Format Format
	// Quality of results where the URL names none; by default what the service
	// documents for the format, and -1 leaves it to Immagin's own default.
	Quality int
	// AutoOrient says whether the service turns originals upright by their EXIF
	// orientation where the URL does not say; by default what it documents.
	AutoOrient *bool
	// LargeOriginals vouches that originals are at least as large, in width and
	// in height, as what URLs ask for. It makes exact what differs only for
	// smaller ones; such options are refused otherwise.
	LargeOriginals bool
	// Limits of the requests that result.
	Limits *Limits
}

// An ImportError lists all that could not be taken over from a URL of another
// service. Functions of this package return it as *ImportError.
type ImportError struct {
	// Service is "imgproxy", "thumbor", "IPX" or "Serverless Image Handler".
	Service string
	// Options has at least one element, in the order of the URL as far as the
	// service's own order allows.
	Options []ImportFault
}

// An ImportFault is one option that has no exact counterpart here.
type ImportFault struct {
	// Option is its name as the service spells it, such as "pixelate". It is
	// "url" for what concerns the URL as a whole and "source" for the original.
	Option string
	// Value is what the URL gives for it.
	Value string
	// Reason says why it is not taken over.
	Reason string
	// Near reports that the request that stands beside the error has the
	// nearest that there is. Otherwise it has nothing of the option.
	Near bool
	// Err is what [ImportOptions].Source returned, or nil.
	Err error
}

func (f ImportFault) String() string {
	s := f.Option
	if f.Value != "" {
		s += " " + quote(f.Value)
	}
	return s + ": " + f.Reason
}

// Error joins the options with "; ".
func (e *ImportError) Error() string {
	var b strings.Builder
	b.WriteString(e.Service)
	b.WriteString(" URL cannot be taken over: ")
	for i, f := range e.Options {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.String())
	}
	return b.String()
}

// Unwrap returns the errors of [ImportOptions].Source.
func (e *ImportError) Unwrap() []error {
	var list []error
	for _, f := range e.Options {
		if f.Err != nil {
			list = append(list, f.Err)
		}
	}
	return list
}

// Near reports whether the request beside the error has something near for
// each option, so that nothing is left out.
func (e *ImportError) Near() bool {
	for _, f := range e.Options {
		if !f.Near {
			return false
		}
	}
	return true
}

// An importer gathers what one URL becomes.
type importer struct {
	service string
	options ImportOptions
	limits  Limits
	request Request
	output  Output
	named   Format // of the original, by its extension
	faults  []ImportFault

	// defaultQuality is the service's own where the URL names none, or 0.
	defaultQuality func(Format) int
}

func newImporter(service string, o *ImportOptions) *importer {
	i := &importer{service: service}
	if o != nil {
		i.options = *o
	}
	i.limits = i.options.Limits.withDefaults()
	return i
}

// refuse notes an option that the request has nothing of.
func (i *importer) refuse(option, value, reason string, args ...any) {
	if option == "" { // as the URL spells it
		option = "url"
	}
	i.faults = append(i.faults, ImportFault{Option: option, Value: value, Reason: fmt.Sprintf(reason, args...)})
}

// near notes an option that the request has the nearest of.
func (i *importer) near(option, value, reason string, args ...any) {
	i.faults = append(i.faults, ImportFault{Option: option, Value: value, Reason: fmt.Sprintf(reason, args...), Near: true})
}

// valid notes what is wrong with an edit, if anything is.
func (i *importer) valid(option, value string, e Edit) bool {
	w := walk{mode: checking, limits: i.limits}
	one(&form{walk: &w}, e)
	for _, f := range w.faults.list {
		i.refuse(option, value, "%s %s", f.Path, f.Message)
	}
	return len(w.faults.list) == 0
}

// add appends an edit that the option of that value stands for.
func (i *importer) add(option, value string, e Edit) {
	if i.valid(option, value, e) {
		i.request.Edits = append(i.request.Edits, e)
	}
}

// path returns the URL's path as it was sent, without the prefix and the slash
// after it, and the query.
func (i *importer) path(u string) (p, query string, ok bool) {
	if len(u) > maxImport {
		i.refuse("url", "", "must be at most %d bytes, not %d", maxImport, len(u))
		return "", "", false
	}
	if rest, absolute := cutScheme(u); absolute {
		_, u, _ = strings.Cut(rest, "/")
		u = "/" + u
	}
	u, _, _ = strings.Cut(u, "#")
	p, query, _ = strings.Cut(u, "?")
	p = strings.TrimPrefix(p, "/")
	if prefix := strings.Trim(i.options.Prefix, "/"); prefix != "" {
		rest, found := strings.CutPrefix(p, prefix+"/")
		if !found {
			i.refuse("url", u, "must begin with %s", quote("/"+prefix+"/"))
			return "", "", false
		}
		p = rest
	}
	return p, query, true
}

// cutScheme returns what comes after http:// or https://.
func cutScheme(s string) (rest string, ok bool) {
	for _, scheme := range []string{"http://", "https://"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return s[len(scheme):], true
		}
	}
	return s, false
}

// source sets the key by what the URL says of the original.
func (i *importer) source(source string) {
	name, _, _ := strings.Cut(source, "?")
	i.named = byExtension(name)
	key, err := i.key(source)
	if err != nil {
		i.faults = append(i.faults, ImportFault{Option: "source", Value: source, Reason: err.Error(), Err: sourceCause(err)})
		return
	}
	i.request.Key = key
	if f := byExtension(key); f != "" {
		i.named = f
	}
}

// A sourceError is one that the caller's Source returned.
type sourceError struct{ error }

func sourceCause(err error) error {
	if e, ok := err.(sourceError); ok {
		return e.error
	}
	return nil
}

func (i *importer) key(source string) (string, error) {
	var key string
	if i.options.Source != nil {
		k, err := i.options.Source(source)
		if err != nil {
			return "", sourceError{err}
		}
		key = k
	} else {
		scheme, rest, absolute := strings.Cut(source, "://")
		switch {
		case !absolute:
			key = strings.TrimLeft(source, "/")
		case scheme == "local":
			key = strings.TrimLeft(rest, "/")
		case scheme == "s3" || scheme == "gs" || scheme == "abs" || scheme == "swift":
			_, key, _ = strings.Cut(rest, "/")
			if strings.Contains(key, "?") {
				return "", fmt.Errorf("names a version of the object: give ImportOptions.Source, which makes a key of it")
			}
		default:
			return "", fmt.Errorf("is a URL: give ImportOptions.Source, which makes a key of it")
		}
	}
	if err := ValidateKey(key); err != nil {
		return "", fmt.Errorf("the key %s %w", quote(key), err)
	}
	return key, nil
}

// orient leaves the picture as stored where the service does: by what the URL
// says, else by the options, else by what the service documents.
func (i *importer) orient(said *bool, documented bool) {
	upright := documented
	if i.options.AutoOrient != nil {
		upright = *i.options.AutoOrient
	}
	if said != nil {
		upright = *said
	}
	if !upright {
		i.request.Edits = append([]Edit{AutoOrient(false)}, i.request.Edits...)
	}
}

// format settles the output's format. It must come before what depends on it.
func (i *importer) format() Format {
	if i.output.Format == "" {
		i.output.Format = i.options.Format
	}
	if i.output.Format == "" {
		i.output.Format = i.named
	}
	return i.output.Format
}

// opaque reports whether the original can have no alpha.
func (i *importer) opaque() bool { return i.named == FormatJPEG }

// quality fills in the quality that the URL leaves to the service.
func (i *importer) quality() {
	if i.output.Quality != 0 {
		return
	}
	switch q := i.options.Quality; {
	case q > 0 && i.output.Format != FormatPNG:
		i.output.Quality = q
	case q == 0 && i.defaultQuality != nil:
		i.output.Quality = i.defaultQuality(i.output.Format)
	}
}

// finish returns the request, and the error that lists what is not in it. No
// request stands beside the error where there is no key.
func (i *importer) finish() (*Request, error) {
	i.quality()
	if i.output != (Output{}) {
		r := Request{Key: "-", Output: &i.output}
		if err, _ := r.validate(i.limits).(*Error); err != nil {
			for _, f := range err.Faults {
				i.refuse(strings.TrimPrefix(f.Path, "output."), "", "%s", f.Message)
			}
		} else {
			i.request.Output = &i.output
		}
	}
	r := &i.request
	if len(r.Edits) == 0 {
		r.Edits = nil
	}
	if r.Key != "" {
		if err, _ := r.Validate(&i.limits).(*Error); err != nil {
			for _, f := range err.Faults {
				i.refuse("url", "", "%s", f.String())
			}
			r = nil
		}
	} else {
		r = nil
		if len(i.faults) == 0 {
			i.refuse("source", "", "is missing: the URL names no original")
		}
	}
	if len(i.faults) > 0 {
		return r, &ImportError{Service: i.service, Options: i.faults}
	}
	return r, nil
}

// wide is the width of a resize that the height alone decides: fit inside
// makes the picture as high as it says unless it would be wider than that.
func (i *importer) wide(height int) Resize {
	return Resize{Width: i.limits.MaxSide, Height: height, Fit: FitInside}
}

// smaller notes an option that is exact only where originals are large enough.
func (i *importer) smaller(option, value, there, here string) {
	if !i.options.LargeOriginals {
		i.near(option, value, "where the original is smaller than that, %s, and here %s (ImportOptions.LargeOriginals says that none is)", there, here)
	}
}
