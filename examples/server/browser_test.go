package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
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
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
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
	b.do(log.Enable(), runtime.Enable())
	return b
}

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

// TestBrowser looks at the page as people do.
func TestBrowser(t *testing.T) {
	browser := chromium(t)
	s := start(t, t.TempDir())
	t.Run("opens", func(t *testing.T) {
		b := open(t, browser)
		var heading string
		b.do(chromedp.Navigate(s.url+"/"), chromedp.Text("h1", &heading))
		require.Contains(t, heading, "Immagin")
		require.Empty(t, b.console())
	})
}
