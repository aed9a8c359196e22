package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Tests in a browser take longer than all others of this package, so that they
// run only where IMMAGIN_TEST_BROWSER is set: with "required" what they need
// must be there, with anything else they skip where it is not.

// missing skips a test in a browser for a reason, or fails it where
// IMMAGIN_TEST_BROWSER is "required".
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	if os.Getenv("IMMAGIN_TEST_BROWSER") == "required" {
		t.Fatalf("%s, and IMMAGIN_TEST_BROWSER is required", text)
	}
	t.Skip("not run in a browser: " + text)
}

// chromium starts a Chromium, which ends with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if os.Getenv("IMMAGIN_TEST_BROWSER") == "" {
		t.Skip("not run in a browser: IMMAGIN_TEST_BROWSER is not set")
	}
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		missing(t, "there is no chromium, chromium-browser or google-chrome here")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program),
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.Headless,
		chromedp.NoSandbox, // which containers do not have
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), // 64 MB in containers
		chromedp.WSURLReadTimeout(patience),
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the process, and removes its files
		end()
	})
	require.NoError(t, chromedp.Run(ctx))
	return ctx
}

// A tab is a page in a profile of its own, which nothing that other tabs kept
// is in.
type tab struct {
	t       *testing.T
	ctx     context.Context
	profile cdp.BrowserContextID

	mu    sync.Mutex
	wrong []string // what the console has of errors, warnings and exceptions
}

// open opens a tab without a page.
func open(t *testing.T, browser context.Context) *tab {
	t.Helper()
	// chromedp.WithNewBrowserContext asks for a tab, which a profile without a
	// window refuses.
	var id target.ID
	var profile cdp.BrowserContextID
	require.NoError(t, chromedp.Run(browser, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		ctx = cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
		if profile, err = target.CreateBrowserContext().Do(ctx); err != nil {
			return err
		}
		id, err = target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(ctx)
		return err
	})))
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, profile: profile}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.note("exception: " + e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if slices.Contains([]runtime.APIType{runtime.APITypeError, runtime.APITypeWarning, runtime.APITypeAssert}, e.Type) {
				text := string(e.Type) + ":"
				for _, a := range e.Args {
					text += " " + string(a.Value) + a.Description
				}
				b.note(text)
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
				b.note(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
			}
		}
	})
	b.do(log.Enable(), runtime.Enable(), network.Enable(),
		emulation.SetFocusEmulationEnabled(true), // as if it were the one window in front
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := devtools.AddScriptToEvaluateOnNewDocument(watching).Do(ctx)
			return err
		}))
	b.size(1440, 900)
	return b
}

// watching notes what moves by itself on a page, and when the first picture was
// there.
const watching = `
	window.watched = { moved: [], first: 0 };
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) if (!e.hadRecentInput) {
			watched.moved.push(e.value.toFixed(5) + " " + e.sources.map((s) => (s.node?.nodeType === 1 ? s.node : s.node?.parentElement)?.outerHTML.slice(0, 90)).join(" | "));
		}
	}).observe({ type: "layout-shift", buffered: true });
	(function look() {
		const img = [...document.querySelectorAll("img.stage-picture")].find((i) => i.complete && i.naturalWidth && i.checkVisibility({ visibilityProperty: true }));
		if (img) img.decode().then(() => requestAnimationFrame(() => { watched.first ||= performance.now(); }), () => {});
		else requestAnimationFrame(look);
	})();
`

func (b *tab) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, text)
}

// console is what went wrong so far.
func (b *tab) console() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.wrong)
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Run(b.ctx, actions...))
}

// size makes the page so large, in CSS pixels.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(emulation.SetDeviceMetricsOverride(width, height, 1, width < 600))
}

// scheme makes the page light or dark.
func (b *tab) scheme(name string) {
	b.t.Helper()
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}

// js runs the body of an asynchronous function in the page, and keeps what it
// returns in to, which may be nil.
func (b *tab) js(to any, body string, args ...any) {
	b.t.Helper()
	require.NoError(b.t, b.try(to, body, args...))
}

// try is js that may fail.
func (b *tab) try(to any, body string, args ...any) error {
	if args == nil {
		args = []any{}
	}
	list, err := json.Marshal(args)
	if err != nil {
		return err
	}
	text := "(async (...args) => {" + body + "\n})(..." + string(list) + ")"
	return chromedp.Run(b.ctx, chromedp.Evaluate(text, to, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
}

// until waits for a condition, and says what the page says where it does not
// come.
func (b *tab) until(condition string, args ...any) {
	b.t.Helper()
	var said string
	err := b.try(&said, `
		const end = performance.now() + 60_000;
		while (!(`+condition+`)) {
			if (performance.now() > end) return "it says: " + [...document.querySelectorAll("[role=alert], [role=status]")].map((e) => e.textContent.trim()).filter(Boolean).join("; ");
			await new Promise((done) => setTimeout(done, 15));
		}
		return ""`, args...)
	require.NoError(b.t, err, condition)
	require.Empty(b.t, said, "waited for %s %v; the console: %q", condition, args, b.console())
}

// middle scrolls to an element that people see, and returns where to point.
func (b *tab) middle(selector string) (x, y float64) {
	b.t.Helper()
	b.until("document.querySelector(args[0])?.checkVisibility({ visibilityProperty: true })", selector)
	var at struct {
		X, Y float64
		Over string
	}
	b.js(&at, `
		const e = document.querySelector(args[0]);
		e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
		const r = e.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
		const top = document.elementFromPoint(x, y);
		return { x, y, over: e.contains(top) || top?.closest("label")?.contains(e) ? "" : String(top?.outerHTML).slice(0, 200) }`, selector)
	require.Empty(b.t, at.Over, "%s is covered", selector)
	return at.X, at.Y
}

func (b *tab) click(selector string) {
	b.t.Helper()
	x, y := b.middle(selector)
	b.do(chromedp.MouseClickXY(x, y))
}

// drag presses the pointer on an element, moves it that far and lets it go.
func (b *tab) drag(selector string, right, down float64) {
	b.t.Helper()
	x, y := b.middle(selector)
	left := func(p *input.DispatchMouseEventParams) *input.DispatchMouseEventParams {
		return p.WithButton(input.Left).WithButtons(1).WithClickCount(1)
	}
	b.do(input.DispatchMouseEvent(input.MouseMoved, x, y), left(input.DispatchMouseEvent(input.MousePressed, x, y)))
	const steps = 8
	for i := range steps {
		part := float64(i+1) / steps
		b.do(input.DispatchMouseEvent(input.MouseMoved, x+right*part, y+down*part).WithButton(input.Left).WithButtons(1))
	}
	b.do(input.DispatchMouseEvent(input.MouseReleased, x+right, y+down).WithButton(input.Left).WithClickCount(1))
}

// press gives an element the focus, and presses keys.
func (b *tab) press(selector, keys string) {
	b.t.Helper()
	b.until("document.querySelector(args[0])?.checkVisibility({ visibilityProperty: true })", selector)
	b.js(nil, "document.querySelector(args[0]).focus()", selector)
	b.do(chromedp.KeyEvent(keys))
}

// enter replaces what is in a field by a text, as one who types it.
func (b *tab) enter(selector, text string) {
	b.t.Helper()
	b.click(selector)
	b.js(nil, "document.querySelector(args[0]).select()", selector)
	b.do(input.InsertText(text))
}

// text is what an element says.
func (b *tab) text(selector string) (text string) {
	b.t.Helper()
	b.js(&text, "return document.querySelector(args[0])?.innerText ?? `no ${args[0]}`", selector)
	return text
}
