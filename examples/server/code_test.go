package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/edittest"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/sign"
)

const (
	codeSecret = "test-secret-0123456789"
	codeOrigin = "http://127.0.0.1:8080"
)

// described are n random requests with the paths that they are signed to.
func described(t *testing.T, n int) (asks []*edit.Request, urls []string) {
	keyring, err := sign.NewKeyring(codeSecret)
	require.NoError(t, err)
	for seed := 0; len(asks) < n; seed++ {
		ask := edittest.Requests().Example(seed)
		if ask.Metadata != nil || ask.Ladder != nil {
			continue // are not described
		}
		// As it comes from the page: with -0 spelled 0.
		text, err := ask.Encode()
		require.NoError(t, err)
		ask, err = edit.Parse(text, nil)
		require.NoError(t, err)
		if len(ask.Edits) == 0 {
			ask.Edits = nil
		}
		payload, err := ask.Payload()
		require.NoError(t, err)
		asks = append(asks, ask)
		urls = append(urls, "/"+payload+"?sig="+keyring.Sign(payload))
	}
	return asks, urls
}

func lines(out []byte) []string { return strings.Split(strings.TrimSpace(string(out)), "\n") }

// TestGoCode compiles the programs that the page shows, all as one, and
// compares the URLs that they print with ours.
func TestGoCode(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here to compile with")
	}
	asks, urls := described(t, 150)
	here, err := os.Getwd()
	require.NoError(t, err)
	dir := t.TempDir()
	overlay := map[string]string{}
	add := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		overlay[filepath.Join(here, "generated", name)] = filepath.Join(dir, name)
	}
	var all strings.Builder
	for i, ask := range asks {
		program, err := goCode(codeOrigin, ask)
		require.NoError(t, err)
		require.NotContains(t, program, codeSecret)
		name := fmt.Sprintf("program%d", i)
		add(name+".go", strings.Replace(program, "func main()", "func "+name+"()", 1))
		fmt.Fprintf(&all, "%s()\n", name)
	}
	add("main.go", "package main\nfunc main() {\n"+all.String()+"}\n")
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), list, 0o600))
	run := exec.Command(tool, "run", "-overlay", filepath.Join(dir, "overlay.json"), "./generated")
	run.Env = append(os.Environ(), "IMMAGIN_SECRET="+codeSecret, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	require.NoError(t, err, "%s", stderr.String())
	got := lines(out)
	require.Len(t, got, len(urls))
	for i := range urls {
		require.Equal(t, codeOrigin+urls[i], got[i])
	}
}

// TestTypeScriptCode runs the modules that the page shows.
func TestTypeScriptCode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here")
	}
	asks, urls := described(t, 300)
	dir := t.TempDir()
	var all strings.Builder
	for i, ask := range append(asks, awkward(t)...) {
		module, err := typeScriptCode(codeOrigin, ask)
		require.NoError(t, err)
		require.NotContains(t, module, codeSecret)
		name := fmt.Sprintf("m%d.mjs", i)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(module), 0o600))
		fmt.Fprintf(&all, "import %q;\n", "./"+name)
		if i >= len(urls) {
			payload, err := ask.Payload()
			require.NoError(t, err)
			keyring, err := sign.NewKeyring(codeSecret)
			require.NoError(t, err)
			urls = append(urls, "/"+payload+"?sig="+keyring.Sign(payload))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.mjs"), []byte(all.String()), 0o600))
	run := exec.Command(node, filepath.Join(dir, "all.mjs"))
	run.Env = append(os.Environ(), "IMMAGIN_SECRET="+codeSecret)
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	require.NoError(t, err, "%s", stderr.String())
	got := lines(out)
	require.Len(t, got, len(urls))
	for i := range urls {
		require.Equal(t, codeOrigin+urls[i], got[i])
	}
}

// awkward are requests that scripts may read otherwise than JSON.
func awkward(t *testing.T) (asks []*edit.Request) {
	for _, text := range []string{
		`{"key":"a.jpg","edits":[{"x-a":{"__proto__":{"a":1},"constructor":2,"10":3,"2":4,"ünï":5,"class":6}}]}`,
		`{"key":"a.jpg","edits":[{"x-a":[[],{},null,[{}],1e300,5e-324,0.1]}]}`,
		"{\"key\":\"a\u2028b${x}`'\\\"</script>.jpg\"}",
	} {
		ask, err := edit.Parse([]byte(text), nil)
		require.NoError(t, err, text)
		asks = append(asks, ask)
	}
	return asks
}

func TestGoCodeReadsWell(t *testing.T) {
	ask, err := edit.Parse([]byte(`{"key":"uploads/lake.jpg","edits":[{"resize":{"width":800,"height":600,"position":"top-left"}},{"blur":2},{"text":{"text":"© Acme","fontSize":24,"opacity":0.8}}],"output":{"format":"jpeg","progressive":true}}`), nil)
	require.NoError(t, err)
	program, err := goCode(codeOrigin, ask)
	require.NoError(t, err)
	require.Contains(t, program, `	url, err := client.Images.URL(context.Background(), "uploads/lake.jpg", []edit.Edit{
		edit.Resize{Width: 800, Height: 600, Position: edit.PositionTopLeft},
		edit.Blur(2),
		edit.Text{Text: "© Acme", FontSize: new(24.0), Opacity: new(0.8)},
	}, &immagin.URLOptions{
		Output: &edit.Output{Format: edit.FormatJPEG, Progressive: new(true)},
	})`)
	require.Contains(t, program, `os.Getenv("IMMAGIN_SECRET")`)

	module, err := typeScriptCode(codeOrigin, ask)
	require.NoError(t, err)
	require.Contains(t, module, `const request = {
  key: "uploads/lake.jpg",
  edits: [
    { resize: { width: 800, height: 600, position: "top-left" } },
    { blur: 2 },
    { text: { text: "© Acme", fontSize: 24, opacity: 0.8 } },
  ],
  output: { format: "jpeg", progressive: true },
};`)
}

func TestCurlCode(t *testing.T) {
	for _, test := range []struct{ question, want string }{
		{`{"key":"a/lake.jpg"}`, "curl --fail -o lake.webp \\\n  'U'"},
		{`{"key":"a/lake.jpg","output":{"format":"jpeg"}}`, "curl --fail -o lake.jpg \\\n  'U'"},
		{`{"key":"lake","output":{"format":"auto"}}`, "curl --fail -H 'Accept: image/webp' -o lake.webp \\\n  'U'"},
		{`{"key":"-rf ; $(x)'.png","output":{"quality":50}}`, "curl --fail -o picture-rf-----x--.webp \\\n  'U'"},
		{`{"key":".png"}`, "curl --fail -o picture.webp \\\n  'U'"},
	} {
		ask, err := edit.Parse([]byte(test.question), nil)
		require.NoError(t, err)
		require.Equal(t, test.want, curlCode("U", ask))
	}
}

// TestPictureCode holds that whatever is shown is among what the markup
// offers.
func TestPictureCode(t *testing.T) {
	plan := func(w, h int, l pixel.Layout) *luna.Plan {
		return &luna.Plan{Shape: pixel.Shape{Width: w, Height: h, Layout: l}, Source: codec.Info{Shape: pixel.Shape{Width: 4000, Height: 3000}}}
	}
	for _, test := range []struct {
		name, question string
		plan           *luna.Plan
		want           []string
		not            []string
	}{
		{"no plan", `{"key":"a.jpg"}`, nil, []string{`<img`}, []string{"<picture", "width"}},
		{"no resize", `{"key":"a.jpg","edits":[{"flip":true}]}`, plan(4000, 3000, pixel.RGB), []string{`width="4000"`, `height="3000"`}, []string{"<picture"}},
		{"webp", `{"key":"a.jpg","edits":[{"resize":{"width":800}}]}`, plan(800, 600, pixel.RGB), []string{"<picture>", `type="image/webp"`, " 2x", `width="800"`, `height="600"`}, nil},
		{"avif", `{"key":"a.jpg","edits":[{"resize":{"width":800}}],"output":{"format":"avif"}}`, plan(800, 600, pixel.RGB), []string{`type="image/avif"`, `type="image/webp"`}, nil},
		{"jpeg", `{"key":"a.jpg","edits":[{"resize":{"width":800}}],"output":{"format":"jpeg","quality":70}}`, plan(800, 600, pixel.RGB), []string{" 2x"}, []string{"<picture", "webp"}},
		{"text does not scale", `{"key":"a.jpg","edits":[{"resize":{"width":800}},{"text":{"text":"x"}}]}`, plan(800, 600, pixel.RGB), []string{"<picture>"}, []string{" 2x"}},
		{"no more pixels", `{"key":"a.jpg","edits":[{"resize":{"width":3000}}]}`, plan(3000, 2250, pixel.RGB), []string{"<picture>"}, []string{" 2x"}},
		{"smaller than asked for", `{"key":"a.jpg","edits":[{"resize":{"width":9000}}]}`, plan(4000, 3000, pixel.RGB), []string{`width="4000"`}, []string{"<picture"}},
		{"version and end", `{"key":"a.jpg","edits":[{"resize":{"width":800}}],"v":"2","exp":1900000000}`, plan(800, 600, pixel.RGB), []string{"<picture>"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			ask, err := edit.Parse([]byte(test.question), nil)
			require.NoError(t, err)
			payload, err := ask.Payload()
			require.NoError(t, err)
			keyring, err := sign.NewKeyring(codeSecret)
			require.NoError(t, err)
			url := "/" + payload + "?sig=" + keyring.Sign(payload)
			markup, err := pictureCode(codeOrigin, url, codeSecret, ask, test.plan)
			require.NoError(t, err)
			text := html.UnescapeString(markup)
			require.Contains(t, text, codeOrigin+url)
			for _, want := range test.want {
				require.Contains(t, text, want)
			}
			for _, not := range test.not {
				require.NotContains(t, text, not)
			}
			require.NotContains(t, markup, codeSecret)
		})
	}
}

func TestDescribe(t *testing.T) {
	s := start(t, t.TempDir())
	s.upload("", "lake.jpg", drawn())
	ask := func(question string) (int, description) {
		answer := s.do(request{method: "POST", path: "/playground/describe", header: s.own(), body: []byte(question)})
		var d description
		require.NoError(t, json.Unmarshal(answer.body, &d), "%s", answer.body)
		require.NotContains(t, string(answer.body), s.secret)
		return answer.StatusCode, d
	}
	status, d := ask(`{"key":"lake.jpg","edits":[{"resize":{"width":40}}]}`)
	require.Equal(t, 200, status)
	require.Equal(t, signed(s.secret, `{"key":"lake.jpg","edits":[{"resize":{"width":40}}]}`), d.URL)
	require.Equal(t, s.url+d.URL, d.Code.URL)
	require.Contains(t, d.Code.Curl, d.Code.URL)
	require.Contains(t, html.UnescapeString(d.Code.Picture), d.Code.URL)
	require.Contains(t, strings.Join(d.Plan, "\n"), "The original is a JPEG of")
	require.Contains(t, strings.Join(d.Plan, "\n"), "Encode as WebP at quality 90")
	require.Equal(t, 200, s.get(d.URL).StatusCode)

	_, d = ask(`{"key":"lake.jpg","edits":[]}`)
	require.Equal(t, signed(s.secret, `{"key":"lake.jpg"}`), d.URL, "an empty list is none")
	_, d = ask(`{"key":"lake.jpg","output":{"format":"auto"}}`)
	require.Contains(t, strings.Join(d.Plan, "\n"), "Accept")
	_, d = ask(`{"key":"lake.jpg","edits":[{"image":{"key":"lake.jpg","width":20}}]}`)
	require.Contains(t, strings.Join(d.Plan, "\n"), `Lay the picture "lake.jpg" over it`)

	for question, code := range map[string]string{
		`{"key":"none.jpg"}`: "not_found",
		`{"key":"lake.jpg","edits":[{"crop":{"left":9000,"top":0,"width":5,"height":5}}]}`: "impossible_edit",
		`{"key":"lake.jpg","edits":[{"image":{"key":"none.png"}}]}`:                        "layer_not_found",
		`{"key":"lake.jpg","edits":[{"x-none":1}]}`:                                        "edit_unsupported",
	} {
		status, d = ask(question)
		require.Equal(t, 200, status)
		require.Equal(t, code, d.PlanError["code"], question)
		require.Empty(t, d.Plan)
		require.NotEmpty(t, d.Code.Go)
		require.Equal(t, d.PlanError["status"], float64(s.get(d.URL).StatusCode), "as the picture is answered")
	}
	for question, path := range map[string]string{
		`{"key":"a.jpg","edits":[{"resize":{"width":0}}]}`:                                "edits[0].resize.width",
		`{"key":"a.jpg","metadata":true}`:                                                 "metadata",
		`{"key":"a.jpg","edits":[{"resize":{"width":8}}],"ladder":{"widths":[400, 800]}}`: "ladder",
	} {
		answer := s.do(request{method: "POST", path: "/playground/describe", header: s.own(), body: []byte(question)})
		require.Equal(t, http.StatusBadRequest, answer.StatusCode)
		require.Contains(t, string(answer.body), fmt.Sprintf(`"path":"%s"`, path))
	}
}
