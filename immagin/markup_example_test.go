package immagin_test

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"image"
	stdpng "image/png"
	"os"
	"regexp"
	"strings"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

// signer returns a client that has the secret, so that no call is made.
func signer() *immagin.Client {
	client, err := immagin.NewClient("", &immagin.Options{
		Secret:      "test-secret-0123456789",
		DeliveryURL: "https://acme.example.com",
	})
	if err != nil {
		panic(err)
	}
	return client
}

// shorten leaves the beginnings of payloads and signatures.
func shorten(text string) string {
	text = regexp.MustCompile(`(eyJ\w{5})[\w-]+`).ReplaceAllString(text, "$1…")
	return regexp.MustCompile(`(sig=)\w+`).ReplaceAllString(text, "$1…")
}

func ExampleImages_URLs() {
	urls, err := signer().Images.URLs(context.Background(), "hero.jpg", []edit.Edit{
		edit.Resize{Width: 1200, Height: 630},
	}, []int{1200, 600}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, u := range urls {
		payload := strings.TrimPrefix(u[:strings.Index(u, "?")], "https://acme.example.com/")
		r, err := edit.Decode(payload, nil)
		fmt.Printf("%+v %v\n", r.Edits[0].(edit.Resize).Height, err)
	}
	// Output:
	// 630 <nil>
	// 315 <nil>
}

func ExampleImages_SrcSet() {
	set, err := signer().Images.SrcSet(context.Background(), "hero.jpg", nil, []int{400, 800}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shorten(set))
	// Output: https://acme.example.com/eyJrZXki…?sig=… 400w, https://acme.example.com/eyJrZXki…?sig=… 800w
}

func ExampleImages_DensitySrcSet() {
	set, err := signer().Images.DensitySrcSet(context.Background(), "logo.png", nil, 120, []float64{1, 1.5, 2}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shorten(set))
	// Output: https://acme.example.com/eyJrZXki…?sig=… 1x, https://acme.example.com/eyJrZXki…?sig=… 1.5x, https://acme.example.com/eyJrZXki…?sig=… 2x
}

func ExampleImages_Picture() {
	picture, err := signer().Images.Picture(context.Background(), "hero.jpg", nil, &immagin.PictureOptions{
		Width: 800, OriginalWidth: 4000, OriginalHeight: 3000, Alt: `The "Hero"`,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.NewReplacer("><", ">\n<", ", h", ",\n  h", `" `, "\"\n ").Replace(shorten(picture.String())))
	// Output:
	// <picture>
	// <source type="image/webp"
	//  srcset="https://acme.example.com/eyJrZXki…?sig=… 1x,
	//   https://acme.example.com/eyJrZXki…?sig=… 2x">
	// <img src="https://acme.example.com/eyJrZXki…?sig=…"
	//  srcset="https://acme.example.com/eyJrZXki…?sig=… 1x,
	//   https://acme.example.com/eyJrZXki…?sig=… 2x"
	//  width="800"
	//  height="600"
	//  alt="The &#34;Hero&#34;"
	//  loading="lazy"
	//  decoding="async">
	// </picture>
}

func ExamplePicture_HTML() {
	picture := &immagin.Picture{Img: immagin.Img{Src: "https://acme.example.com/…", Width: 80, Height: 60, Alt: "<b>"}}
	page := template.Must(template.New("page").Parse("<p>{{.HTML}}</p>\n"))
	if err := page.Execute(os.Stdout, picture); err != nil {
		fmt.Println(err)
	}
	// Output: <p><picture><img src="https://acme.example.com/…" width="80" height="60" alt="&lt;b&gt;"></picture></p>
}

func ExampleImg_HTML() {
	m := &immagin.Img{Src: "https://acme.example.com/…", Alt: `"`}
	fmt.Println(m.HTML())
	// Output: <img src="https://acme.example.com/…" alt="&#34;">
}

func ExampleImages_Ladder() {
	ladder, err := signer().Images.Ladder(context.Background(), "hero.jpg", nil, edit.Ladder{
		Widths:    []int{400, 800, 1600},
		Densities: []float64{2},
		Formats:   []edit.Format{edit.FormatAVIF},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	u, err := ladder.URL(800, 2, edit.FormatAVIF)
	fmt.Println(shorten(u), err)
	_, err = ladder.URL(801, 0, "")
	fmt.Println(err)
	// Output:
	// https://acme.example.com/eyJrZXki…?w=800&dpr=2&fm=avif&sig=… <nil>
	// immagin: invalid request: ladder.widths: must have the chosen width 801
}

func ExampleLadder_URL() {
	ladder, err := signer().Images.Ladder(context.Background(), "hero.jpg", nil, edit.Ladder{Widths: []int{400, 800}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, width := range []int{400, 800} {
		u, err := ladder.URL(width, 0, "")
		fmt.Println(shorten(u), err)
	}
	// Output:
	// https://acme.example.com/eyJrZXki…?w=400&sig=… <nil>
	// https://acme.example.com/eyJrZXki…?w=800&sig=… <nil>
}

func ExampleLadder_SrcSet() {
	ladder, err := signer().Images.Ladder(context.Background(), "hero.jpg", nil, edit.Ladder{Widths: []int{400, 800}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := ladder.SrcSet("")
	fmt.Println(shorten(set), err)
	// Output: https://acme.example.com/eyJrZXki…?w=400&sig=… 400w, https://acme.example.com/eyJrZXki…?w=800&sig=… 800w <nil>
}

func ExampleLadder_DensitySrcSet() {
	ladder, err := signer().Images.Ladder(context.Background(), "logo.png", nil, edit.Ladder{Widths: []int{120}, Densities: []float64{2}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := ladder.DensitySrcSet(120, "")
	fmt.Println(shorten(set), err)
	// Output: https://acme.example.com/eyJrZXki…?w=120&sig=… 1x, https://acme.example.com/eyJrZXki…?w=120&dpr=2&sig=… 2x <nil>
}

func ExampleLadder_Picture() {
	ladder, err := signer().Images.Ladder(context.Background(), "hero.jpg", nil, edit.Ladder{
		Widths: []int{400, 800}, Formats: []edit.Format{edit.FormatWebP},
	}, &immagin.URLOptions{Output: &edit.Output{Format: edit.FormatJPEG}})
	if err != nil {
		fmt.Println(err)
		return
	}
	picture, err := ladder.Picture(&immagin.PictureOptions{OriginalWidth: 4000, OriginalHeight: 3000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picture.Sources[0].Type, shorten(picture.Sources[0].SrcSet))
	fmt.Println(shorten(picture.Img.Src), picture.Img.Width, picture.Img.Height)
	// Output:
	// image/webp https://acme.example.com/eyJrZXki…?w=400&fm=webp&sig=… 400w, https://acme.example.com/eyJrZXki…?w=800&fm=webp&sig=… 800w
	// https://acme.example.com/eyJrZXki…?w=800&sig=… 800 600
}

func ExampleImages_Placeholder() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	var original bytes.Buffer
	if err := stdpng.Encode(&original, image.NewGray(image.Rect(0, 0, 400, 300))); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := client.Images.Upload(ctx, "night.png", &original, nil); err != nil {
		fmt.Println(err)
		return
	}
	p, err := client.Images.Placeholder(ctx, "night.png", &immagin.PlaceholderOptions{Version: "2"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("ThumbHash of %d bytes, BlurHash of %d characters, %s… %t\n",
		len(p.ThumbHash), len(p.BlurHash), p.DataURL[:15], len(p.DataURL) < 1024)
	// Output: ThumbHash of 21 bytes, BlurHash of 28 characters, data:image/png;… true
}

func ExampleTemplateFuncs() {
	funcs := immagin.TemplateFuncs(context.Background(), signer(), &immagin.TemplateOptions{
		Size: func(context.Context, string) (int, int, error) { return 4000, 3000, nil }, // from a catalogue
	})
	page := template.Must(template.New("page").Funcs(funcs).Parse(`{{img .Key (w 400 800) (sizes "50vw") (alt .Title)}}` + "\n"))
	var b bytes.Buffer
	if err := page.Execute(&b, map[string]string{"Key": "hero.jpg", "Title": `"Hero" </script>`}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(shorten(b.String()))
	// Output:
	// <img src="https://acme.example.com/eyJrZXki…?sig=…" srcset="https://acme.example.com/eyJrZXki…?sig=… 400w, https://acme.example.com/eyJrZXki…?sig=… 800w" sizes="50vw" width="800" height="600" alt="&#34;Hero&#34; &lt;/script&gt;" loading="lazy" decoding="async">
}
