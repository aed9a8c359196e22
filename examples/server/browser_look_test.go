package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// heaviest is what a page may weigh without pictures, as it is sent.
const heaviest = 200_000

// TestBrowserLook measures and looks at the pages with the samples in full. The
// screenshots go to the folder that IMMAGIN_TEST_SCREENSHOTS names.
func TestBrowserLook(t *testing.T) {
	browser := chromium(t)
	s := startDrawing(t, t.TempDir(), drawings())
	t.Run("loads", func(t *testing.T) {
		p := &playground{open(t, browser), s}
		// At the first start the samples are yet to be drawn.
		p.show("")
		p.still()
		drawnAll(p)
		p.until("[...document.querySelectorAll('.pictures-tile')].every((tile) => !tile.disabled)")
		p.still()

		p = &playground{open(t, browser), s} // whose browser has nothing yet
		weighed := weigh(p)
		p.do(chromedp.Navigate(s.url + "/"))
		var first float64
		p.until("watched.first > 0")
		p.js(&first, "return watched.first")
		t.Logf("the first picture is there after %.0f ms", first)
		p.js(nil, `
			for (const section of document.querySelectorAll("main section")) {
				section.scrollIntoView({ behavior: "instant" });
				await new Promise((done) => setTimeout(done, 100));
			}`)
		p.until("document.querySelector('#costs .line')")
		p.until("[...document.querySelectorAll('.variant img')].every((i) => !i.hidden)")
		p.settled()
		p.still()
		weighed()
		p.clean()
	})
	for _, width := range []int64{1440, 390} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d %s", width, scheme), func(t *testing.T) {
				p := &playground{open(t, browser), s}
				height := int64(900)
				if width < 600 {
					height = 844
				}
				p.size(width, height)
				p.scheme(scheme)
				p.look(fmt.Sprintf("%d-%s", width, scheme), width)
			})
		}
	}
}

// drawnAll waits for the samples, which takes seconds, and more on a machine
// that has something else to do.
func drawnAll(p *playground) {
	p.t.Helper()
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		var list []sampleEntry
		p.ask("/playground/samples", "{}", &list)
		if !slices.ContainsFunc(list, func(e sampleEntry) bool { return !e.Ready }) {
			return
		}
		require.True(p.t, time.Now().Before(end), "the samples are not drawn")
	}
}

// weigh begins to weigh what comes, and returns what ends it.
func weigh(p *playground) func() {
	type answer struct {
		url     string
		picture bool
		bytes   float64
	}
	all := map[network.RequestID]*answer{}
	chromedp.ListenTarget(p.ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *network.EventResponseReceived:
			picture := strings.HasPrefix(e.Response.MimeType, "image/") && e.Response.MimeType != "image/svg+xml"
			all[e.RequestID] = &answer{url: e.Response.URL, picture: picture}
		case *network.EventLoadingFinished:
			if a := all[e.RequestID]; a != nil {
				a.bytes = e.EncodedDataLength
			}
		}
	})
	return func() {
		p.t.Helper()
		p.mu.Lock()
		defer p.mu.Unlock()
		var files, answers, pictures float64
		for _, a := range all {
			path, ours := strings.CutPrefix(a.url, p.server.url)
			require.True(p.t, ours || strings.HasPrefix(a.url, "blob:") || strings.HasPrefix(a.url, "data:"), "it loads %s", a.url)
			switch {
			case a.picture || !ours:
				pictures += a.bytes
			case path == "/" || strings.Contains(filepath.Base(path), "."):
				files += a.bytes
			default:
				answers += a.bytes
			}
		}
		p.t.Logf("on the wire: files %.1f kB, answers %.1f kB, pictures %.1f kB", files/1e3, answers/1e3, pictures/1e3)
		require.Greater(p.t, files, 3e4, "it is weighed")
		require.Less(p.t, files+answers, float64(heaviest))

		whole := 0
		for _, f := range embedded() {
			whole += len(f.content)
		}
		p.t.Logf("the files without compression: %.1f kB", float64(whole)/1e3)
		require.Less(p.t, whole, heaviest)
	}
}

// still says that nothing on the page has moved by itself.
func (b *tab) still() {
	b.t.Helper()
	var moved []string
	b.js(&moved, "return watched.moved")
	require.Empty(b.t, moved, "nothing moves by itself")
}

// look goes through what the page can show, looks at each, and takes pictures.
func (p *playground) look(name string, width int64) {
	drawnAll(p)
	p.show("")
	check := func(state string) {
		p.t.Helper()
		p.js(nil, "scrollTo(0, 0)")
		p.fits(state, width)
		p.named(state)
		p.axe(state)
		p.screenshot(name + "-" + state)
	}
	p.js(nil, "for (const s of document.querySelectorAll('main section')) { s.scrollIntoView({ behavior: 'instant' }); await new Promise((done) => setTimeout(done, 60)); } scrollTo(0, 0)")
	p.until("document.querySelector('#costs .line')")
	p.until("[...document.querySelectorAll('.variant img')].every((i) => !i.hidden)")
	check("opened")

	p.click(".add-button")
	p.until("document.querySelector('.add-panel').checkVisibility()")
	check("menu")
	p.click(".add-button")
	p.add("image", "Image")
	p.settled()
	p.until("[...document.querySelectorAll('.control-picture img')].every((i) => i.complete && i.naturalWidth)")
	check("watermark")
	p.add("text", "Text")
	p.settled()
	p.add("crop", "Crop")
	p.settled()
	p.until("document.querySelector('.crop-rect')?.getBoundingClientRect().width > 0")
	check("crop")
	p.clean()

	p.enter(".edit[data-edit=crop] [data-field=left] .control-number", "-5")
	p.until("document.querySelector('.control.wrong')")
	check("refused")

	p.show("")
	p.click(".recipes .chip:nth-child(6)")
	p.settled()
	p.until("document.querySelector('.recipe code').textContent.includes(location.origin)")
	p.click("#copy-go")
	check("product")

	p.do(chromedp.Navigate(p.server.url + "/playground/usage"))
	p.until("document.querySelector('h1')")
	check("usage")
	p.still()
}

// fits says that a page is not scrolled sideways.
func (b *tab) fits(state string, width int64) {
	b.t.Helper()
	var wide struct {
		Page  int64
		Found []string
	}
	b.js(&wide, `
		const page = document.documentElement.scrollWidth, found = [];
		if (page > args[0]) for (const e of document.querySelectorAll("body *")) {
			const r = e.getBoundingClientRect();
			if (r.width && r.right > args[0] + 1) found.push(e.outerHTML.slice(0, 120));
		}
		return { page, found }`, width)
	require.LessOrEqual(b.t, wide.Page, width, "%s: %q", state, wide.Found)
}

// named says that everything that can be operated has a name, as screen readers
// say it.
func (b *tab) named(state string) {
	b.t.Helper()
	var tree struct {
		Nodes []struct {
			Ignored    bool    `json:"ignored"`
			Role       axValue `json:"role"`
			Name       axValue `json:"name"`
			Properties []struct {
				Name  string  `json:"name"`
				Value axValue `json:"value"`
			} `json:"properties"`
			Node int `json:"backendDOMNodeId"`
		} `json:"nodes"`
	}
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &tree)
	}))
	count := 0
	for _, n := range tree.Nodes {
		focusable := false
		for _, property := range n.Properties {
			focusable = focusable || property.Name == "focusable" && property.Value.Value == true
		}
		if n.Ignored || !focusable || n.Role.Value == "RootWebArea" {
			continue
		}
		count++
		if text, _ := n.Name.Value.(string); strings.TrimSpace(text) == "" {
			b.t.Errorf("%s: a %v has no name (node %d)", state, n.Role.Value, n.Node)
		}
	}
	require.Greater(b.t, count, 1, "%s: the tree was read", state)
}

// An axValue is one of the accessibility tree.
type axValue struct {
	Value any `json:"value"`
}

// axe has axe-core look for what breaks WCAG 2.2 at level AA: contrast, names,
// roles. https://github.com/dequelabs/axe-core
func (b *tab) axe(state string) {
	b.t.Helper()
	program, err := os.ReadFile(axePath())
	if err != nil {
		if os.Getenv("IMMAGIN_TEST_BROWSER") == "required" {
			b.t.Fatalf("axe-core is missing, and IMMAGIN_TEST_BROWSER is required: %v", err)
		}
		b.t.Logf("%s: not looked at by axe-core, which .ci/servers installs", state)
		return
	}
	var loaded bool
	b.js(&loaded, "return Boolean(window.axe)")
	if !loaded {
		b.do(chromedp.Evaluate(string(program)+"\n;true", nil))
	}
	var found struct {
		Rules int
		Wrong []struct{ ID, Where, Why string }
	}
	b.js(&found, `
		const { passes, violations } = await axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
		return { rules: passes.length, wrong: violations.flatMap((v) => v.nodes.map((n) => ({ id: v.id, where: n.html.slice(0, 160), why: (n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? v.help }))) }`)
	require.Greater(b.t, found.Rules, 10, "axe-core has looked")
	slices.SortFunc(found.Wrong, func(a, b struct{ ID, Where, Why string }) int { return cmp.Compare(a.ID, b.ID) })
	for i, w := range found.Wrong {
		if i == 0 || w.ID != found.Wrong[i-1].ID { // the others are like it
			b.t.Errorf("%s: %s: %s\n%s", state, w.ID, w.Why, w.Where)
		}
	}
}

// axePath is where .ci/servers puts axe-core.
func axePath() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", ".ci", "node", "node_modules", "axe-core", "axe.min.js")
}

// screenshot keeps a picture of the whole page, for people.
func (b *tab) screenshot(name string) {
	b.t.Helper()
	folder := os.Getenv("IMMAGIN_TEST_SCREENSHOTS")
	if folder == "" {
		return
	}
	require.NoError(b.t, os.MkdirAll(folder, 0o755))
	var picture []byte
	b.do(chromedp.FullScreenshot(&picture, 100))
	require.NoError(b.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644))
}
