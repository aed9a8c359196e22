package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// ask asks the server what the page does.
func (p *playground) ask(path, question string, answer any) int {
	p.t.Helper()
	r := p.server.do(request{method: http.MethodPost, path: path, header: p.server.own(), body: []byte(question)})
	require.NoError(p.t, json.Unmarshal(r.body, answer), "%s", r.body)
	return r.StatusCode
}

// testRefusals looks for the server's words where they belong.
func testRefusals(t *testing.T, s *running, p *playground) {
	p.show(`{"key":"samples/landscape.jpg","edits":[{"grayscale":true,"off":true},{"invert":true},{"resize":{"width":100}}]}`)
	p.clean()
	var refused struct {
		Faults []struct{ Path, Message string }
		Detail string
	}
	p.click(".edit[data-edit=resize] .card-title")
	width := ".edit[data-edit=resize] [data-field=width]"
	p.enter(width+" .control-number", "20000")
	payload, _ := p.settled()
	require.Empty(t, payload)
	require.Equal(t, 400, p.ask("/playground/describe", `{"key":"samples/landscape.jpg","edits":[{"invert":true},{"resize":{"width":20000}}]}`, &refused))
	require.Len(t, refused.Faults, 1)
	require.Equal(t, "edits[1].resize.width", refused.Faults[0].Path)
	require.Equal(t, refused.Faults[0].Message, p.text(width+".wrong .control-fault"))
	require.Contains(t, p.text(".stage-note"), refused.Faults[0].Message)
	var red struct {
		Invalid, Words string
		Same           bool
	}
	p.js(&red, `
		const control = document.querySelector(args[0]), input = control.querySelector("[aria-invalid]");
		const probe = document.body.appendChild(document.createElement("i"));
		probe.style.color = "var(--wrong)";
		return {
			invalid: input.ariaInvalid,
			words: document.getElementById(input.getAttribute("aria-describedby")).textContent,
			same: [input, input.parentElement].some((e) => getComputedStyle(e).borderTopColor === getComputedStyle(probe).color),
		}`, width)
	require.Equal(t, "true", red.Invalid)
	require.Equal(t, refused.Faults[0].Message, red.Words)
	require.True(t, red.Same, "the control is red")

	// It is gone once it is mended.
	p.enter(width+" .control-number", "120")
	payload, _ = p.settled()
	require.Contains(t, payload, `"width":120`)
	p.until("!document.querySelector('.wrong')")

	// What only the picture refuses has its place, too.
	p.enter(width+" .control-number", "100")
	p.add("crop", "Crop")
	p.enter(".edit[data-edit=crop] [data-field=left] .control-number", "90000")
	payload, _ = p.settled()
	require.Empty(t, payload)
	p.until("document.querySelector('.edit[data-edit=crop].wrong')")
	require.Contains(t, p.text(".stage-note"), "422")
	p.click(".edit[data-edit=crop] .card-remove")
	payload, _ = p.settled()
	require.NotEmpty(t, payload)

	// The browser itself notes each answer that is no success.
	for _, text := range p.console() {
		require.Regexp(t, `^network: Failed to load resource: the server responded with a status of 4(00|22) `, text)
	}
}

// testOnPicture sets what is set on the picture itself.
func testOnPicture(t *testing.T, s *running, p *playground) {
	p.show(`{"key":"samples/landscape.jpg","edits":[{"resize":{"width":400}}]}`)
	p.until("document.querySelector('.stage-divider')")
	divider := func() (at string) {
		p.js(&at, "const d = document.querySelector('.stage-divider'); return `${d.ariaValueNow}, ${d.ariaValueText}, ${getComputedStyle(d.parentElement).getPropertyValue('--at')}`")
		return at
	}
	require.Equal(t, "50, 50 % original, 50", divider())
	p.press(".stage-divider", kb.ArrowRight)
	require.Equal(t, "52, 52 % original, 52", divider())
	p.do(chromedp.KeyEvent(kb.End))
	require.Equal(t, "100, 100 % original, 100", divider())
	p.do(chromedp.KeyEvent(kb.PageDown))
	require.Equal(t, "90, 90 % original, 90", divider())
	p.do(chromedp.KeyEvent(kb.Home))
	require.Equal(t, "0, 0 % original, 0", divider())
	var width float64
	p.js(&width, "return document.querySelector('.stage-compare').getBoundingClientRect().width")
	p.drag(".stage-compare", width/4, 0)
	require.Equal(t, "75, 75 % original, 75", strings.ReplaceAll(divider(), ".0", ""))

	// A crop, by its handle, by its middle, by keys and by drawing a new one.
	p.js(nil, "(await import('/playground/state.js')).change({ edits: [] })")
	p.settled()
	p.add("crop", "Crop")
	p.until("document.querySelector('.crop-rect')?.getBoundingClientRect().width > 0")
	crop := func() (c struct{ Left, Top, Width, Height int }) {
		payload, _ := p.settled()
		var ask struct{ Edits []map[string]json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(payload), &ask), payload)
		require.NoError(t, json.Unmarshal(ask.Edits[0]["crop"], &c))
		return c
	}
	begin := crop()
	require.EqualValues(t, []int{125, 94, 250, 188}, []int{begin.Left, begin.Top, begin.Width, begin.Height})
	p.drag(".crop-handle.bottom-right", 40, 20)
	larger := crop()
	require.Equal(t, []int{begin.Left, begin.Top}, []int{larger.Left, larger.Top})
	require.Greater(t, larger.Width, begin.Width)
	require.Greater(t, larger.Height, begin.Height)
	require.Equal(t, fmt.Sprintf("%d × %d", larger.Width, larger.Height), p.text(".crop-size"))
	p.drag(".crop-rect", -30, -30)
	moved := crop()
	require.Equal(t, []int{larger.Width, larger.Height}, []int{moved.Width, moved.Height})
	require.Less(t, moved.Left, larger.Left)
	require.Less(t, moved.Top, larger.Top)
	p.press(".crop-rect", kb.ArrowRight)
	require.Equal(t, moved.Left+1, crop().Left)
	p.press(".crop-handle.right", kb.ArrowLeft)
	require.Equal(t, moved.Width-1, crop().Width)
	p.click("#edits [aria-label=Undo]")
	p.click("#edits [aria-label=Undo]")
	require.Equal(t, moved, crop(), "each gesture is one step")

	// What a resize keeps, and where a text stands.
	p.js(nil, "(await import('/playground/state.js')).change({ edits: [{ name: 'resize', value: { width: 100, height: 200 } }] })")
	p.settled()
	p.click(".edit[data-edit=resize] .card-title")
	p.click(".stage-adjust")
	p.click(".focus .zone[data-position=left]")
	payload, left := p.settled()
	require.Contains(t, payload, `"position":"left"`)
	p.click(".focus .chip:first-child")
	payload, attention := p.settled()
	require.Contains(t, payload, `"position":"attention"`)
	require.NotEqual(t, left, attention)
	p.add("text", "Text")
	p.click(".zones .zone[data-position=top-left]")
	payload, _ = p.settled()
	require.Contains(t, payload, `"position":"top-left"`)
	p.clean()
}

// testCopy copies what is shown, in every language.
func testCopy(t *testing.T, s *running, p *playground) {
	p.do(chromedp.ActionFunc(grantClipboard(p.tab, s.url)))
	p.show(`{"key":"samples/landscape.jpg","edits":[{"resize":{"width":200}}]}`)
	for _, width := range []string{"200", "90"} {
		p.js(nil, "(await import('/playground/state.js')).change({ edits: [{ name: 'resize', value: { width: Number(args[0]) } }] })", width)
		payload, picture := p.settled()
		require.Contains(t, payload, `"width":`+width)
		for _, language := range []string{"url", "curl", "go", "typescript", "picture"} {
			p.click("#copy-" + language)
			p.js(nil, "await navigator.clipboard.writeText('nothing')")
			p.click("#copy .copy-button button")
			p.until("document.querySelector('#copy .copy-button button').innerText === 'Copied'")
			var copied, shown string
			p.js(&copied, "return await navigator.clipboard.readText()")
			p.js(&shown, "return document.querySelector('#copy code').textContent")
			require.Equal(t, shown, copied, language)
			switch language {
			case "go", "typescript":
				require.Contains(t, copied, width)
			case "url":
				answer := s.do(request{path: copied})
				require.Equal(t, 200, answer.StatusCode)
				require.Equal(t, picture, answer.body, "the copied URL gives what is shown")
			case "curl", "picture":
				require.Contains(t, copied, s.url+"/")
			}
		}
	}
	// The tabs are one stop of the keyboard, and arrows go between them.
	p.press("#copy-picture", kb.Home)
	var chosen string
	p.js(&chosen, "return document.activeElement.id + ' ' + document.querySelector('#copy [role=tab][aria-selected=true]').id")
	require.Equal(t, "copy-url copy-url", chosen)
	require.NotEmpty(t, p.text("#plan .plan li"))
	p.clean()
}

// grantClipboard lets the page of an origin read and write the clipboard.
func grantClipboard(b *tab, origin string) chromedp.ActionFunc {
	return func(ctx context.Context) error {
		ctx = cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
		return browser.GrantPermissions([]browser.PermissionType{browser.PermissionTypeClipboardReadWrite, browser.PermissionTypeClipboardSanitizedWrite}).
			WithOrigin(origin).WithBrowserContextID(b.profile).Do(ctx)
	}
}

// testRecipes tries each recipe by one click.
func testRecipes(t *testing.T, s *running, p *playground) {
	expected := map[string]string{
		"Responsive": `[{"resize":{"width":1200}}]`,
		"OG image":   `[{"resize":{"width":1200,"height":630,"fit":"cover"}},{"text":{"text":"Before the day begins","fontSize":48,"position":"bottom-left","color":"white","padding":40}}]`,
		"Avatar":     `[{"resize":{"width":256,"height":256,"fit":"cover","position":"attention"}}]`,
		"Gallery":    `[{"resize":{"width":300,"height":300}},{"sharpen":1}]`,
		"LQIP":       `[{"resize":{"width":1200}}]`,
		"Product":    `[{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","background":"#ffffff"}},{"sharpen":1}]`,
	}
	p.show("")
	var names []string
	p.js(&names, "return [...document.querySelectorAll('.recipes .chip')].map((c) => c.textContent)")
	require.Len(t, names, len(expected))
	for i, name := range names {
		p.click(fmt.Sprintf(".recipes .chip:nth-child(%d)", i+1))
		payload, picture := p.settled()
		var ask struct{ Edits json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(payload), &ask))
		require.Contains(t, expected, name)
		require.JSONEq(t, expected[name], string(ask.Edits), name)
		require.NotEmpty(t, picture)
		p.until("document.querySelector('.recipe code').textContent.includes(location.origin)")
		// Its pictures are there, and its markup's URLs answer.
		p.until("[...document.querySelectorAll('.recipe-demo img')].every((i) => i.complete && i.naturalWidth)")
		var urls []string
		p.js(&urls, "return document.querySelector('.recipe code').textContent.match(/http:[^\\s\"]+/g)")
		for _, url := range urls {
			require.Equal(t, 200, s.do(request{path: url}).StatusCode, url)
		}
		if name == "LQIP" {
			p.until("document.querySelector('.recipe-fade img.there')")
		}
	}
	p.clean()
}

func testVariants(t *testing.T, s *running, p *playground) {
	p.show("")
	p.js(nil, "document.querySelector('#variants').scrollIntoView({ behavior: 'instant' })")
	p.until("[...document.querySelectorAll('.variant img')].filter((i) => !i.hidden && i.naturalWidth).length === 8")
	p.click(".variant:nth-child(6)")
	payload, _ := p.settled()
	require.JSONEq(t, `{"key":"samples/landscape.jpg","edits":[{"resize":{"width":256,"height":256,"position":"attention"}}]}`, payload)
	p.clean()
}

// testCostsPanel moves the slider, and reads what the server says.
func testCostsPanel(t *testing.T, s *running, p *playground) {
	p.show("")
	p.js(nil, "document.querySelector('#costs').scrollIntoView({ behavior: 'instant' })")
	p.until("document.querySelector('#costs svg.wide .line.ours')")
	var chart struct {
		Lines, Dots, Rows, Sources int
		Axis, Labels               string
		Series, Swatches           []string
	}
	p.js(&chart, `
		const svg = document.querySelector("#costs svg.wide"), rows = document.querySelector("#costs .offers tbody");
		const series = (list) => [...list].map((e) => [...e.classList].find((c) => /^s\d$/.test(c))).sort();
		return {
			lines: svg.querySelectorAll(".line").length, dots: svg.querySelectorAll(".cursor circle").length,
			rows: rows.children.length, sources: rows.querySelectorAll("a[href^=https]").length,
			axis: svg.querySelector(".axis").textContent, labels: svg.querySelector(".labels").textContent,
			series: series(svg.querySelectorAll(".line")), swatches: series(rows.querySelectorAll(".swatch path")),
		}`)
	require.NotZero(t, chart.Lines)
	require.Equal(t, chart.Lines, chart.Dots, "the slider shows where each curve is")
	require.Equal(t, chart.Lines, chart.Rows, "the table has what the chart has")
	require.Equal(t, chart.Rows, chart.Sources, "each price's source can be reached")
	require.Equal(t, chart.Series, chart.Swatches, "by the same colours")
	require.Contains(t, chart.Axis, "$")
	require.Contains(t, chart.Axis, "1M")
	require.Contains(t, chart.Labels, "Immagin")

	slider := "#costs-images"
	holds := func(transforms, deliveries int) {
		t.Helper()
		var want costsAnswer
		require.Equal(t, 200, p.ask("/playground/costs", fmt.Sprintf(`{"transforms":%d,"deliveries":%d}`, transforms, deliveries), &want))
		p.until("document.querySelector(args[0]).value === args[1]", slider, fmt.Sprint(transforms))
		for i, o := range want.Offers {
			cost := o.Cost
			if cost == "" {
				cost = "on request"
			}
			p.until("document.querySelectorAll('#costs .offers tbody tr')[args[0]].querySelector('td').firstChild.textContent === args[1]", i, cost)
		}
		p.until("document.querySelector(args[0]).ariaValueText.includes(args[1])", slider, want.Offers[0].Cost)
		p.until("document.querySelector('#costs .month').innerText.includes(args[0])", want.Month.Cost)
	}
	holds(100_000, 10)
	p.press(slider, kb.ArrowRight+kb.ArrowRight)
	holds(110_000, 10)
	p.do(chromedp.KeyEvent(kb.End))
	holds(1_000_000, 10)
	p.click("#costs .times label:last-child")
	holds(1_000_000, 100)
	p.click("#costs .offers tbody tr:nth-child(2) summary")
	require.Regexp(t, `\d{4}-\d\d-\d\d`, p.text("#costs .offers tbody tr:nth-child(2) details li"))
	p.clean()
}
