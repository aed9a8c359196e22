// Package xmp reads and rebuilds XMP packets (ISO 16684-1).
//
// A packet is never copied: its properties are read as XML and written anew,
// each under the one rdf:Description that there is. What is not well-formed,
// has a document type, is not UTF-8 or goes deeper than any schema counts as
// no packet.
package xmp

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// MaxSize is how long a packet may be, in bytes.
	MaxSize = 1 << 20
	// maxDepth is how deep elements may nest below a property.
	maxDepth = 32
	// maxNamespaces bounds the namespaces of a packet.
	maxNamespaces = 64
)

const (
	rdf       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	xmlSpace  = "http://www.w3.org/XML/1998/namespace"
	dc        = "http://purl.org/dc/elements/1.1/"
	xmpRights = "http://ns.adobe.com/xap/1.0/rights/"
	cc        = "http://creativecommons.org/ns#"
	exif      = "http://ns.adobe.com/exif/1.0/"
	tiff      = "http://ns.adobe.com/tiff/1.0/"
	xmp       = "http://ns.adobe.com/xap/1.0/"
	note      = "http://ns.adobe.com/xmp/note/"
	photoshop = "http://ns.adobe.com/photoshop/1.0/"
)

// prefixes are the customary ones.
var prefixes = map[string]string{
	rdf: "rdf", dc: "dc", xmpRights: "xmpRights", cc: "cc", exif: "exif", tiff: "tiff", xmp: "xmp", photoshop: "photoshop",
	"http://ns.adobe.com/exif/1.0/aux/":                "aux",
	"http://cipa.jp/exif/1.0/":                         "exifEX",
	"http://ns.adobe.com/xap/1.0/mm/":                  "xmpMM",
	"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
	"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/":      "Iptc4xmpCore",
	"http://iptc.org/std/Iptc4xmpExt/2008-02-29/":      "Iptc4xmpExt",
	"http://ns.useplus.org/ldf/xmp/1.0/":               "plus",
}

// stale lists what describes how the old file stored its pixels, or belongs
// to data that it alone has: all of tiff: is of that kind but these.
var (
	tiffKept = map[string]bool{"Make": true, "Model": true, "Software": true, "Artist": true, "Copyright": true, "ImageDescription": true, "DateTime": true, "XResolution": true, "YResolution": true, "ResolutionUnit": true}
	stale    = map[xml.Name]bool{
		{Space: exif, Local: "PixelXDimension"}: true,
		{Space: exif, Local: "PixelYDimension"}: true,
		{Space: exif, Local: "ColorSpace"}:      true,
		{Space: exif, Local: "NativeDigest"}:    true,
		{Space: exif, Local: "MakerNote"}:       true,
		{Space: xmp, Local: "Thumbnails"}:       true,
		{Space: photoshop, Local: "ICCProfile"}: true,
		{Space: photoshop, Local: "ColorMode"}:  true,
		{Space: note, Local: "HasExtendedXMP"}:  true,
	}
	staleSpaces = map[string]bool{
		"http://ns.google.com/photos/1.0/container/": true, // pictures and films behind the file's end
		"http://ns.google.com/photos/1.0/camera/":    true,
		"http://ns.google.com/photos/1.0/depthmap/":  true,
		"http://ns.google.com/photos/1.0/image/":     true,
		"http://ns.adobe.com/hdr-gain-map/1.0/":      true,
		"http://ns.apple.com/HDRGainMap/1.0/":        true,
	}
)

// current reports whether a property of the original holds for a picture that
// is made of it.
func current(n xml.Name) bool {
	return !stale[n] && !staleSpaces[n.Space] && (n.Space != tiff || tiffKept[n.Local])
}

// rights reports whether a property says who made a picture and whose it is.
// The list is imgproxy's (KEEP_COPYRIGHT).
func rights(n xml.Name) bool {
	switch n.Space {
	case dc:
		return n.Local == "rights" || n.Local == "creator" || n.Local == "contributor" || n.Local == "publisher"
	case xmpRights, cc:
		return true
	}
	return false
}

// Rewrite returns a packet with what packet says of the original and holds for
// an upright sRGB picture that was made of it, or nil if that is nothing.
func Rewrite(packet []byte) []byte {
	r := read(packet, current, false)
	return r.packet()
}

// KeepRights returns a packet with no more than who made the picture and whose
// it is, or nil if packet does not say. Of the structures that stand in the
// place of a text only RDF's own are kept, such as lists.
func KeepRights(packet []byte) []byte {
	r := read(packet, rights, true)
	return r.packet()
}

// Rights reads who made the picture and whose it is. They are empty where the
// packet does not say.
func Rights(packet []byte) (artist, notice string) {
	r := read(packet, rights, true)
	if r.err != nil {
		return "", ""
	}
	return strings.Join(r.creators, "; "), r.notice
}

// A rewriter reads one packet and writes the properties of another.
type rewriter struct {
	d      *xml.Decoder
	keep   func(xml.Name) bool
	simple bool // no elements but RDF's in properties
	err    error

	body   bytes.Buffer
	spaces []string
	byURL  map[string]string // prefixes in use

	property xml.Name
	creators []string
	notice   string
}

var errPacket = errors.New("xmp: malformed packet")

func read(packet []byte, keep func(xml.Name) bool, simple bool) *rewriter {
	r := &rewriter{keep: keep, simple: simple, byURL: map[string]string{}}
	if len(packet) > MaxSize {
		r.err = errPacket
		return r
	}
	r.d = xml.NewDecoder(bytes.NewReader(packet))
	r.err = r.run()
	return r
}

func (r *rewriter) packet() []byte {
	if r.err != nil || r.body.Len() == 0 {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n")
	b.WriteString(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="` + rdf + `"><rdf:Description rdf:about=""`)
	for _, url := range r.spaces {
		fmt.Fprintf(&b, ` xmlns:%s="`, r.byURL[url])
		xml.EscapeText(&b, []byte(url))
		b.WriteByte('"')
	}
	b.WriteString(">\n")
	b.Write(r.body.Bytes())
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return b.Bytes()
}

// next returns the next element, its end or text.
func (r *rewriter) next() (xml.Token, error) {
	for {
		t, err := r.d.Token()
		if err != nil {
			return nil, err
		}
		switch t.(type) {
		case xml.Directive:
			return nil, errPacket
		case xml.StartElement, xml.EndElement, xml.CharData:
			return t, nil
		}
	}
}

// run reads rdf:RDF, which may stand in other elements, to the packet's end.
func (r *rewriter) run() error {
	depth := 0
	for {
		t, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case t.Name == xml.Name{Space: rdf, Local: "RDF"}:
				err = r.children(func(t xml.StartElement) error {
					if t.Name != (xml.Name{Space: rdf, Local: "Description"}) {
						return r.d.Skip()
					}
					return r.description(t)
				})
			default:
				if depth++; depth > maxDepth {
					err = errPacket
				}
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			depth--
		}
	}
}

// children calls f with each element up to the end of the current one.
func (r *rewriter) children(f func(xml.StartElement) error) error {
	for {
		t, err := r.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// description reads properties, which are attributes or elements.
func (r *rewriter) description(t xml.StartElement) error {
	for _, a := range t.Attr {
		if a.Name.Space == "" || a.Name.Space == "xmlns" || a.Name.Space == rdf || a.Name.Space == xmlSpace || !r.keep(a.Name) {
			continue
		}
		if err := r.open(xml.StartElement{Name: a.Name}); err != nil {
			return err
		}
		r.property = a.Name
		r.text(a.Value)
		r.close(a.Name)
		r.body.WriteByte('\n')
	}
	return r.children(func(t xml.StartElement) error {
		if !r.keep(t.Name) {
			return r.d.Skip()
		}
		r.property = t.Name
		err := r.element(t, 0)
		r.body.WriteByte('\n')
		return err
	})
}

// element copies an element and what is in it.
func (r *rewriter) element(start xml.StartElement, depth int) error {
	if depth > maxDepth {
		return errPacket
	}
	if err := r.open(start); err != nil {
		return err
	}
	for {
		t, err := r.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if r.simple && t.Name.Space != rdf {
				err = r.d.Skip()
			} else {
				err = r.element(t, depth+1)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			r.close(start.Name)
			return nil
		case xml.CharData:
			r.text(string(t))
		}
	}
}

func (r *rewriter) open(t xml.StartElement) error {
	name, err := r.name(t.Name)
	if err != nil {
		return err
	}
	r.body.WriteString("<" + name)
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name == xml.Name{Local: "xmlns"}:
			continue
		case r.simple && a.Name.Space != rdf && a.Name.Space != xmlSpace:
			continue
		}
		name, err := r.name(a.Name)
		if err != nil {
			return err
		}
		r.body.WriteString(" " + name + `="`)
		xml.EscapeText(&r.body, []byte(a.Value))
		r.body.WriteByte('"')
	}
	r.body.WriteByte('>')
	return nil
}

func (r *rewriter) close(n xml.Name) {
	name, _ := r.name(n) // which open has given
	r.body.WriteString("</" + name + ">")
}

func (r *rewriter) text(s string) {
	xml.EscapeText(&r.body, []byte(s))
	s = strings.TrimSpace(s)
	switch {
	case s == "":
	case r.property == xml.Name{Space: dc, Local: "creator"}:
		r.creators = append(r.creators, s)
	case r.property == xml.Name{Space: dc, Local: "rights"} && r.notice == "":
		r.notice = s
	}
}

// name returns n with a prefix that the packet declares. An undeclared prefix
// is what the decoder leaves in a namespace's place; no URL is without a colon.
func (r *rewriter) name(n xml.Name) (string, error) {
	switch {
	case n.Space == xmlSpace:
		return "xml:" + n.Local, nil
	case n.Space == rdf:
		return "rdf:" + n.Local, nil
	case !strings.Contains(n.Space, ":"):
		return "", errPacket
	}
	prefix, ok := r.byURL[n.Space]
	if !ok {
		if len(r.spaces) == maxNamespaces {
			return "", errPacket
		}
		if prefix = prefixes[n.Space]; prefix == "" {
			prefix = fmt.Sprintf("ns%d", len(r.spaces)+1)
		}
		r.byURL[n.Space] = prefix
		r.spaces = append(r.spaces, n.Space)
	}
	return prefix + ":" + n.Local, nil
}
