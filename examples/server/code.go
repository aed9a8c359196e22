package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/op"
)

// code is what to copy into a shell, a program or a page to get just the
// picture that was asked for. None of it holds the secret: programs take it
// from the environment.
type code struct {
	URL        string `json:"url"` // with scheme and host
	Curl       string `json:"curl"`
	Go         string `json:"go"`
	TypeScript string `json:"typescript"`
	Picture    string `json:"picture"` // HTML
}

// codeFor writes the code that asks for url, which is the one of ask at
// origin. plan is nil where there is none.
func codeFor(origin, url, secret string, ask *edit.Request, plan *luna.Plan) (c code, err error) {
	c.URL = origin + url
	c.Curl = curlCode(c.URL, ask)
	if c.Go, err = goCode(origin, ask); err != nil {
		return code{}, err
	}
	if c.TypeScript, err = typeScriptCode(origin, ask); err != nil {
		return code{}, err
	}
	c.Picture, err = pictureCode(origin, url, secret, ask, plan)
	return c, err
}

// curlCode needs no quoting but that of the shell: a URL has no apostrophe.
func curlCode(url string, ask *edit.Request) string {
	accept, extension := "", "webp"
	if o := ask.Output; o != nil {
		switch o.Format {
		case edit.FormatAuto:
			accept = " -H 'Accept: image/webp'"
		case edit.FormatJPEG:
			extension = "jpg"
		case edit.FormatTIFF:
			extension = "tif"
		case edit.FormatHEIF:
			extension = "heic"
		default:
			extension = cmp.Or(string(o.Format), extension)
		}
	}
	name := keyName(strings.TrimSuffix(path.Base(ask.Key), path.Ext(ask.Key)))
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, ".") {
		name = "picture" + name // neither an option nor hidden
	}
	return fmt.Sprintf("curl --fail%s -o %s.%s \\\n  '%s'", accept, name, extension, url)
}

var goProgram = template.Must(template.New("").Parse(`package main

import (
	"context"
{{- if .JSON}}
	"encoding/json"
{{- end}}
	"fmt"
	"log"
	"os"
{{- if .Time}}
	"time"
{{- end}}

	"github.com/immagin/immagin-go/immagin"
{{- if .Edit}}
	"github.com/immagin/immagin-go/immagin/edit"
{{- end}}
)

func main() {
	client, err := immagin.NewClient("", &immagin.Options{
		Secret:      os.Getenv("IMMAGIN_SECRET"),
		DeliveryURL: {{.Origin}},
	})
	if err != nil {
		log.Fatal(err)
	}
	url, err := client.Images.URL(context.Background(), {{.Key}}, {{.Edits}}, {{.Options}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(url)
}
`))

// goCode is a program that prints the URL.
func goCode(origin string, ask *edit.Request) (string, error) {
	edits := "nil"
	if len(ask.Edits) > 0 {
		var b strings.Builder
		b.WriteString("[]edit.Edit{\n")
		for _, e := range ask.Edits {
			writeGo(&b, reflect.ValueOf(e))
			b.WriteString(",\n")
		}
		b.WriteString("}")
		edits = b.String()
	}
	options := "nil"
	if ask.Output != nil || ask.Version != "" || ask.Expires != nil {
		var b strings.Builder
		b.WriteString("&immagin.URLOptions{")
		if ask.Output != nil {
			b.WriteString("\nOutput: &")
			writeGo(&b, reflect.ValueOf(*ask.Output))
			b.WriteString(",")
		}
		if ask.Version != "" {
			fmt.Fprintf(&b, "\nVersion: %q,", ask.Version)
		}
		if ask.Expires != nil {
			fmt.Fprintf(&b, "\nExpires: time.Unix(%d, 0),", *ask.Expires)
		}
		b.WriteString("\n}")
		options = b.String()
	}
	var b bytes.Buffer
	err := goProgram.Execute(&b, map[string]any{
		"Origin": strconv.Quote(origin), "Key": strconv.Quote(ask.Key), "Edits": edits, "Options": options,
		"Edit": ask.Edits != nil || ask.Output != nil, "Time": ask.Expires != nil,
		"JSON": strings.Contains(edits, "json.RawMessage("),
	})
	if err != nil {
		return "", err
	}
	source, err := format.Source(b.Bytes())
	return string(source), err
}

// writeGo writes a value of package edit as an expression.
func writeGo(b *strings.Builder, v reflect.Value) {
	t := v.Type()
	switch v.Kind() {
	case reflect.Struct:
		fmt.Fprintf(b, "%s{", t)
		comma := ""
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				fmt.Fprintf(b, "%s%s: ", comma, t.Field(i).Name)
				writeGo(b, f)
				comma = ", "
			}
		}
		b.WriteString("}")
	case reflect.Pointer:
		b.WriteString("new(")
		writeGo(b, v.Elem())
		b.WriteString(")")
	case reflect.Slice: // of custom edits
		fmt.Fprintf(b, "json.RawMessage(%q)", v.Bytes())
	case reflect.String:
		b.WriteString(goString(t, v.String()))
	case reflect.Float64:
		text := strconv.FormatFloat(v.Float()+0, 'g', -1, 64) // without -0
		if t == reflect.TypeFor[float64]() && !strings.ContainsAny(text, ".e") {
			text += ".0" // new(1) is one of an int
		}
		writeConversion(b, t, text)
	default: // integers and booleans
		writeConversion(b, t, fmt.Sprint(v.Interface()))
	}
}

// writeConversion names the type of an edit that is a number or a boolean.
func writeConversion(b *strings.Builder, t reflect.Type, literal string) {
	if t.PkgPath() == "" {
		b.WriteString(literal)
		return
	}
	fmt.Fprintf(b, "%s(%s)", t, literal)
}

var formatConstants = map[edit.Format]string{
	edit.FormatWebP: "WebP", edit.FormatJPEG: "JPEG", edit.FormatPNG: "PNG", edit.FormatAVIF: "AVIF",
	edit.FormatGIF: "GIF", edit.FormatJP2: "JP2", edit.FormatTIFF: "TIFF", edit.FormatHEIF: "HEIF", edit.FormatAuto: "Auto",
}

// goString is a string, or the constant that stands for it: FitCover,
// PositionTopLeft.
func goString(t reflect.Type, s string) string {
	switch t {
	case reflect.TypeFor[edit.Format]():
		return "edit.Format" + formatConstants[edit.Format(s)]
	case reflect.TypeFor[edit.Fit](), reflect.TypeFor[edit.Position](), reflect.TypeFor[edit.Blend](), reflect.TypeFor[edit.Align]():
		name := t.String()
		for word := range strings.SplitSeq(s, "-") {
			name += strings.ToUpper(word[:1]) + word[1:]
		}
		return name
	}
	return strconv.Quote(s)
}

// typeScriptCode is a module that signs the URL on a server that runs Node,
// Deno or Bun, with nothing but what these have.
func typeScriptCode(origin string, ask *edit.Request) (string, error) {
	payload, err := ask.Encode()
	if err != nil {
		return "", err
	}
	object, err := scriptObject(payload)
	if err != nil {
		return "", err
	}
	quoted, err := json.Marshal(origin)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`import { createHmac } from "node:crypto";

// Runs on your server: who has the secret can sign any picture.
const secret = process.env.IMMAGIN_SECRET;
if (!secret) throw new Error("set IMMAGIN_SECRET");

const request = %s;

const payload = Buffer.from(JSON.stringify(request)).toString("base64url");
const signature = createHmac("sha256", secret).update(payload).digest("hex");
export const url = %s + "/" + payload + "?sig=" + signature;
console.log(url);
`, object, quoted), nil
}

// pictureCode is the markup that shows the picture: a picture element of the
// client where a resize says how wide it is, with a fallback for old browsers
// and more pixels for dense screens, and else an img element.
func pictureCode(origin, url, secret string, ask *edit.Request, plan *luna.Plan) (string, error) {
	img := &immagin.Img{Src: origin + url, Loading: "lazy", Decoding: "async"}
	if plan == nil {
		return indentMarkup(img.String()), nil
	}
	img.Width, img.Height = plan.Shape.Width, plan.Shape.Height
	if plan.Shape.Width != resizeWidth(ask.Edits) || !fixed(plan) {
		return indentMarkup(img.String()), nil
	}
	client, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: origin})
	if err != nil {
		return "", err
	}
	options := &immagin.PictureOptions{
		Version:   ask.Version,
		Densities: []float64{1},
		Width:     plan.Shape.Width,
		Height:    plan.Shape.Height,
	}
	options.Sources, options.Output = sourcesFor(ask.Output, plan.Shape.Layout.HasAlpha())
	if source := plan.Source.Shape; scales(ask.Edits) && max(source.Width, source.Height) >= 2*plan.Shape.Width {
		options.Densities = []float64{1, 2}
	}
	if ask.Expires != nil {
		options.Expires = time.Unix(*ask.Expires, 0)
	}
	picture, err := client.Images.Picture(context.Background(), ask.Key, ask.Edits, options)
	switch {
	case err != nil: // twice as wide is over a limit
		return indentMarkup(img.String()), nil
	case len(picture.Sources) == 0:
		return indentMarkup(picture.Img.String()), nil
	}
	// The client names the format also where the question leaves it out: the
	// same picture by another URL. Let it be the one that is shown.
	if _, dense, ok := strings.Cut(picture.Sources[0].SrcSet, " "); ok {
		picture.Sources[0].SrcSet = origin + url + " " + dense
	}
	return indentMarkup(picture.String()), nil
}

// sourcesFor puts formats that not every browser shows into sources, before
// one that all do.
func sourcesFor(asked *edit.Output, alpha bool) (sources []edit.Output, fallback *edit.Output) {
	first := edit.Output{}
	if asked != nil {
		first = *asked
	}
	switch first.Format {
	case "", edit.FormatWebP:
		first.Format = edit.FormatWebP
		sources = []edit.Output{first}
	case edit.FormatAVIF:
		sources = []edit.Output{first, {Format: edit.FormatWebP}}
	default:
		return []edit.Output{}, &first
	}
	if alpha {
		return sources, &edit.Output{Format: edit.FormatPNG}
	}
	return sources, &edit.Output{Format: edit.FormatJPEG}
}

// resizeWidth is the width of the first resize, or 0.
func resizeWidth(edits []edit.Edit) int {
	for _, e := range edits {
		if e, ok := e.(edit.Resize); ok {
			return e.Width
		}
	}
	return 0
}

// scales reports whether the picture of a screen that is twice as dense is the
// same with the first resize twice as wide: what else counts in pixels would
// be half as large on it.
func scales(edits []edit.Edit) bool {
	resized := false
	for _, e := range edits {
		switch e.(type) {
		case edit.Resize:
			if resized {
				return false
			}
			resized = true
		case edit.Crop, edit.Trim:
			if resized {
				return false
			}
		case edit.Blur, edit.Sharpen, edit.Extend, edit.Text, edit.Image, edit.Rotate, edit.Custom:
			return false
		}
	}
	return resized
}

// fixed reports whether the size of the result is known before its pixels.
func fixed(plan *luna.Plan) bool {
	return !slices.ContainsFunc(plan.Ops, func(o op.Op) bool { _, trims := o.(op.Trim); return trims })
}

// indentMarkup puts each element, attribute and candidate of a srcset on a
// line of its own.
func indentMarkup(markup string) string {
	markup = strings.NewReplacer(
		"<source", "\n  <source", "<img", "\n  <img", "</picture>", "\n</picture>",
		" srcset=", "\n    srcset=", " src=", "\n    src=", " sizes=", "\n    sizes=", " width=", "\n    width=", " alt=", "\n    alt=",
		"x, ", "x,\n      ", "w, ", "w,\n      ",
	).Replace(markup)
	if rest, ok := strings.CutPrefix(markup, "\n  "); ok {
		return strings.ReplaceAll(rest, "\n    ", "\n  ") // no picture element around it
	}
	return markup
}
