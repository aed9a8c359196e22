package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// TestBrowser uses the playground as people do.
func TestBrowser(t *testing.T) {
	browser := chromium(t)
	small := drawings()
	for i := range small {
		small[i].width, small[i].height = small[i].width/8, small[i].height/8
	}
	s := startDrawing(t, t.TempDir(), small)
	for _, one := range []struct {
		name string
		test func(*testing.T, *running, *playground)
	}{
		{"upload", testUpload},
		{"every edit", testEveryEdit},
		{"order", testOrder},
		{"refusals", testRefusals},
		{"on the picture", testOnPicture},
		{"copy", testCopy},
		{"recipes", testRecipes},
		{"variants", testVariants},
		{"costs", testCostsPanel},
	} {
		t.Run(one.name, func(t *testing.T) {
			one.test(t, s, &playground{open(t, browser), s})
		})
	}
}

// A playground is a tab that shows it.
type playground struct {
	*tab
	server *running
}

// show opens the playground, with a link's state if there is one, and waits for
// its first picture.
func (p *playground) show(state string) {
	p.t.Helper()
	url := p.server.url + "/"
	if state != "" {
		url += "#" + base64.RawURLEncoding.EncodeToString([]byte(state))
	}
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(url))
	p.until("document.body.classList.contains('ready')")
	p.settled()
}

// settled waits for what was asked for last, and returns what is shown: its
// URL's payload and the bytes behind it; nothing where it was refused.
func (p *playground) settled() (payload string, picture []byte) {
	p.t.Helper()
	p.until("document.querySelector('.stage-view')?.ariaBusy === 'false'")
	var shown struct {
		Refused bool
		URL     string
		Bytes   int
	}
	p.js(&shown, `
		const { subscribe } = await import("/playground/render.js");
		let last;
		subscribe((event) => { last = event; })();
		return { refused: last.kind !== "result", url: last.url ?? "", bytes: last.bytes ?? 0 }`)
	if shown.Refused {
		return "", nil
	}
	answer := p.server.get(shown.URL)
	require.Equal(p.t, 200, answer.StatusCode, "%s", answer.body)
	require.Len(p.t, answer.body, shown.Bytes, "what the page has is what the URL gives")
	coded, _, ok := strings.Cut(strings.TrimPrefix(shown.URL, "/"), "?")
	require.True(p.t, ok, shown.URL)
	text, err := base64.RawURLEncoding.DecodeString(coded)
	require.NoError(p.t, err)
	return string(text), answer.body
}

// add adds an edit by the menu.
func (p *playground) add(name, title string) {
	p.t.Helper()
	p.click(".add-button")
	p.enter(".add-search", title)
	p.click("#add-" + name)
	p.until("document.querySelector('.edit.open')?.dataset.edit === args[0]", name)
}

// clean says that the console has no error and no warning.
func (p *playground) clean() {
	p.t.Helper()
	require.Empty(p.t, p.console())
}

// onItsSide is a JPEG with detail everywhere within a white border, whose EXIF
// says that it is to be turned by 90 degrees.
func onItsSide(t *testing.T, width, height int) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	random := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			c := color.NRGBA{255, 255, 255, 255}
			if x >= 32 && y >= 32 && x < width-32 && y < height-32 {
				n := uint8(random.IntN(24))
				c = color.NRGBA{uint8(40+x*150/width) + n, uint8(60+y*120/height) + n, 90 + n, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}))
	const turned = "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	return append([]byte("\xff\xd8"+turned), b.Bytes()[2:]...)
}

func testUpload(t *testing.T, s *running, p *playground) {
	const width, height = 2400, 1600
	file := filepath.Join(t.TempDir(), "My holiday.jpg")
	content := onItsSide(t, width, height)
	require.NoError(t, os.WriteFile(file, content, 0o600))
	var sent []string // the requests that carry something
	chromedp.ListenTarget(p.ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok && e.Request.Method == "PUT" {
			p.mu.Lock()
			defer p.mu.Unlock()
			sent = append(sent, e.Request.URL)
		}
	})
	p.show("")
	p.js(nil, `
		const bar = document.querySelector("#pictures progress");
		window.progress = [];
		new MutationObserver(() => { if (!bar.hidden) progress.push(bar.value); }).observe(bar, { attributes: true })`)
	p.do(chromedp.SetUploadFiles("#file", []string{file}))
	p.until("document.querySelector('.pictures-status').textContent.includes(args[0])", "1600 × 2400")
	payload, picture := p.settled()
	var ask struct{ Key string }
	require.NoError(t, json.Unmarshal([]byte(payload), &ask))
	require.Regexp(t, `^uploads/[a-z2-7]{8}-My-holiday\.jpg$`, ask.Key)
	require.NotEmpty(t, picture)
	require.Contains(t, p.text(".pictures-status"), "My-holiday.jpg")

	var seen []float64
	p.js(&seen, "return progress")
	require.Contains(t, seen, 1.0, "the bar came to its end")
	require.IsIncreasing(t, append([]float64{-1}, compact(seen)...))
	require.Len(t, sent, 1)
	require.NotContains(t, sent[0], "/playground/", "the file goes straight to where it is stored")

	answer := s.get(signed(s.secret, `{"key":"`+ask.Key+`","metadata":true}`))
	var about struct{ Size, Orientation int }
	require.NoError(t, json.Unmarshal(answer.body, &about))
	require.Equal(t, len(content), about.Size)
	require.Equal(t, 6, about.Orientation)

	// What is no picture is refused in words.
	require.NoError(t, os.WriteFile(file, []byte("%PDF-1.4 this is none"), 0o600))
	p.clean()
	p.do(chromedp.SetUploadFiles("#file", []string{file}))
	p.until("document.querySelector('.pictures-status').classList.contains('wrong')")
	after, _ := p.settled()
	require.Equal(t, payload, after, "what was there is still shown")
}

// compact leaves out what is told twice.
func compact(list []float64) (different []float64) {
	for _, v := range list {
		if len(different) == 0 || different[len(different)-1] != v {
			different = append(different, v)
		}
	}
	return different
}

// testEveryEdit adds each edit of schema.json by the menu. Each changes the
// picture, and is written as the payload's language has it.
func testEveryEdit(t *testing.T, s *running, p *playground) {
	s.upload("", "tests/turned.jpg", onItsSide(t, 480, 320)) // 320 × 480
	expected := map[string]string{
		"resize":     `{"width":160}`,
		"crop":       `{"left":80,"top":120,"width":160,"height":240}`,
		"rotate":     `{"angle":90}`,
		"flip":       `true`,
		"flop":       `true`,
		"autoOrient": `false`,
		"extend":     `{"top":13,"bottom":13,"left":13,"right":13,"background":"#ffffff"}`,
		"trim":       `{}`,
		"modulate":   `{"brightness":1.1,"saturation":1.5}`,
		"grayscale":  `true`,
		"tint":       `{"r":255,"g":200,"b":0}`,
		"invert":     `true`,
		"normalize":  `{"lower":5,"upper":95}`,
		"flatten":    `{"background":"#ffffff"}`,
		"contrast":   `25`,
		"gamma":      `1.6`,
		"sigmoid":    `{"midpoint":0.5,"factor":5}`,
		"blur":       `3.2`,
		"sharpen":    `2`,
		"text":       `{"text":"Immagin","fontSize":26}`,
		"image":      `{"key":"samples/logo.png","width":96}`,
	}
	file, err := pageFiles.ReadFile("page/schema.json")
	require.NoError(t, err)
	var schema struct {
		Edits []struct{ Name, Title string }
	}
	require.NoError(t, json.Unmarshal(file, &schema))
	require.Len(t, schema.Edits, len(expected))
	for _, key := range []string{"tests/turned.jpg", "samples/logo.png"} {
		p.show(`{"key":"` + key + `"}`)
		p.until("document.querySelector('.pictures-status').textContent.includes(' × ')") // its size is known
		empty, plain := p.settled()
		require.JSONEq(t, `{"key":"`+key+`"}`, empty)
		for _, e := range schema.Edits {
			if transparent := e.Name == "flatten"; transparent != (key == "samples/logo.png") {
				continue // it changes nothing in what is opaque
			}
			p.add(e.Name, e.Title)
			payload, picture := p.settled()
			require.JSONEq(t, `{"key":"`+key+`","edits":[{"`+e.Name+`":`+expected[e.Name]+`}]}`, payload)
			require.NotEqual(t, plain, picture, "%s changes the picture", e.Name)
			p.click(".edit .card-remove")
			payload, picture = p.settled()
			require.Equal(t, empty, payload)
			require.Equal(t, plain, picture, "%s is gone", e.Name)
		}
		p.clean()
	}
}

func testOrder(t *testing.T, s *running, p *playground) {
	p.show(`{"key":"samples/landscape.jpg","edits":[{"resize":{"width":300,"height":200}},{"extend":{"top":20,"background":"#ff0000"}},{"rotate":{"angle":90}}]}`)
	first, picture := p.settled()
	names := func() (list []string) {
		p.js(&list, "return [...document.querySelectorAll('.edit')].map((e) => e.dataset.edit)")
		return list
	}
	signedNames := func() (list []string) {
		payload, _ := p.settled()
		var ask struct{ Edits []map[string]any }
		require.NoError(t, json.Unmarshal([]byte(payload), &ask))
		for _, e := range ask.Edits {
			for name := range e {
				list = append(list, name)
			}
		}
		return list
	}
	require.Equal(t, []string{"resize", "extend", "rotate"}, names())

	var far float64 // from the first card to the last
	p.js(&far, "const c = document.querySelectorAll('.edit'); return c[2].getBoundingClientRect().top - c[0].getBoundingClientRect().top")
	p.drag(".edit[data-edit=resize] .card-grip", 3, far+4)
	require.Equal(t, []string{"extend", "rotate", "resize"}, names(), "dragged to the end")
	require.Equal(t, names(), signedNames())
	_, moved := p.settled()
	require.NotEqual(t, picture, moved, "they run in their order")

	p.press(".edit[data-edit=resize] .card-up", kb.Enter)
	require.Equal(t, []string{"extend", "resize", "rotate"}, names(), "moved up by the keyboard")
	p.do(chromedp.KeyEvent(kb.Enter))
	require.Equal(t, []string{"resize", "extend", "rotate"}, names(), "the button keeps the focus")
	last, again := p.settled()
	require.Equal(t, first, last)
	require.Equal(t, picture, again)

	// Back, by the button and by keys, and forth.
	p.click("#edits [aria-label=Undo]")
	require.Equal(t, []string{"extend", "resize", "rotate"}, signedNames())
	p.press("#edits .card-title", "")
	p.do(chromedp.KeyEvent("z", chromedp.KeyModifiers(2)))
	require.Equal(t, []string{"extend", "rotate", "resize"}, signedNames())
	p.click("#edits [aria-label=Redo]")
	require.Equal(t, []string{"extend", "resize", "rotate"}, signedNames())

	// One that is off is not signed, and stays in the list.
	p.click(".edit[data-edit=extend] [role=switch]")
	require.Equal(t, []string{"resize", "rotate"}, signedNames())
	require.Len(t, names(), 3)

	// The address has it all.
	p.until("location.hash.length > 10")
	before, _ := p.settled()
	p.js(nil, "await new Promise((done) => setTimeout(done, 300))") // state.js waits before it writes
	p.do(chromedp.Reload())
	p.until("document.body.classList.contains('ready')")
	after, _ := p.settled()
	require.Equal(t, before, after)
	require.Equal(t, []string{"extend", "resize", "rotate"}, names())
	p.clean()
}
