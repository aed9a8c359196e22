package immagin

import (
	"html/template"
	"strings"
)

// HTML returns the element as it stands in a page: attributes are quoted and
// escaped, whatever is in them. Templates of html/template take it as it is.
func (p *Picture) HTML() template.HTML {
	var b strings.Builder
	b.WriteString("<picture>")
	for _, s := range p.Sources {
		writeElement(&b, "source", []attribute{
			{"type", s.Type, false},
			{"srcset", s.SrcSet, true},
			{"sizes", s.Sizes, false},
		})
	}
	writeElement(&b, "img", p.Img.attributes())
	b.WriteString("</picture>")
	return template.HTML(b.String())
}

// String is [Picture.HTML] as a string.
func (p *Picture) String() string { return string(p.HTML()) }

// HTML returns the element alone, as [Picture.HTML] does with its sources.
func (m *Img) HTML() template.HTML {
	var b strings.Builder
	writeElement(&b, "img", m.attributes())
	return template.HTML(b.String())
}

// String is [Img.HTML] as a string.
func (m *Img) String() string { return string(m.HTML()) }

// An attribute is left out where it is empty, unless it is needed.
type attribute struct {
	name, value string
	needed      bool
}

func writeElement(b *strings.Builder, name string, attributes []attribute) {
	b.WriteString("<" + name)
	for _, a := range attributes {
		if a.value != "" || a.needed {
			b.WriteString(" " + a.name + `="` + template.HTMLEscapeString(a.value) + `"`)
		}
	}
	b.WriteString(">")
}
