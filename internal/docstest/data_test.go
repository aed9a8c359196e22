package docstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/immagin/immagin-go/billing/replay"
	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
)

// payload tells whether an object is one by its members: a key and something
// that is done with it, and nothing that payloads do not have.
func payload(object map[string]json.RawMessage) bool {
	for name := range object {
		switch name {
		case "key", "edits", "output", "metadata", "v", "ladder", "exp":
		default:
			return false
		}
	}
	return object["key"] != nil && len(object) > 1
}

func TestJSON(t *testing.T) {
	payloads, lines := 0, 0
	for _, b := range all(t, "json") {
		d := json.NewDecoder(strings.NewReader(b.text))
		for {
			var value json.RawMessage
			if err := d.Decode(&value); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%v: %v", b, err)
				break
			}
			var object map[string]json.RawMessage
			if json.Unmarshal(value, &object) != nil {
				continue // a list
			}
			switch {
			case payload(object):
				payloads++
				if _, err := edit.Parse(value, nil); err != nil {
					t.Errorf("%v: %v", b, err)
				}
			case object["time"] != nil && object["status"] != nil: // of a usage log
				lines++
				log, err := replay.New(func(string, string) (image, rendition string, ok bool) { return "", "", false }, nil)
				require.NoError(t, err)
				var line bytes.Buffer
				require.NoError(t, json.Compact(&line, value))
				require.NoError(t, log.Read(t.Context(), &line))
				require.Len(t, log.Counts(), 1, "%v is a line that package replay takes for no transform", b)
			}
		}
	}
	// Those that stand within a sentence, a table or a comment.
	span := regexp.MustCompile("`(\\{\"key\":[^`]*\\})`|// (\\{\"key\":.*\\})$")
	for _, page := range pages(t) {
		for i, line := range strings.Split(read(t, page), "\n") {
			for _, m := range span.FindAllStringSubmatch(line, -1) {
				payloads++
				if _, err := edit.Parse([]byte(m[1]+m[2]), nil); err != nil {
					t.Errorf("%s:%d: %v", page, i+1, err)
				}
			}
		}
	}
	require.Greater(t, payloads, 3)
	require.Positive(t, lines)
}

// TestHTML executes what is a template, and parses the rest.
func TestHTML(t *testing.T) {
	client, err := immagin.NewClient("", &immagin.Options{DeliveryURL: "https://acme.example.com", Secret: "test-secret-0123456789"})
	require.NoError(t, err)
	functions := immagin.TemplateFuncs(t.Context(), client, &immagin.TemplateOptions{
		Placeholder: func(_ context.Context, _ string) (*immagin.Placeholder, error) {
			return &immagin.Placeholder{DataURL: "data:image/webp;base64,UklGRg=="}, nil
		},
	})
	blocks := all(t, "html")
	require.NotEmpty(t, blocks)
	for _, b := range blocks {
		text := b.text
		if strings.Contains(text, "{{") {
			page, err := template.New("page").Funcs(functions).Parse(text)
			if err != nil {
				t.Errorf("%v: %v", b, err)
				continue
			}
			var out bytes.Buffer
			if err := page.Execute(&out, map[string]string{"Key": "hero.jpg", "Title": "A title"}); err != nil {
				t.Errorf("%v: %v", b, err)
			}
			text = out.String()
		}
		nodes, err := html.ParseFragment(strings.NewReader(text), nil)
		require.NoError(t, err, "%v", b)
		require.NotEmpty(t, nodes, "%v", b)
		for _, tag := range regexp.MustCompile(`</?([a-z]+)`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(" html head body title meta link script style p a img picture source div span form input label button main h1 h2 figure figcaption ul li template ", " "+tag[1]+" ") {
				t.Errorf("%v: the element %s is misspelt, or one that this test is to be told of", b, tag[1])
			}
		}
	}
}

// TestScripts has node read scripts. Blocks of TypeScript are such as JavaScript
// too, or quote a file; node of version 22 takes both.
func TestScripts(t *testing.T) {
	blocks := append(all(t, "js"), all(t, "ts")...)
	require.NotEmpty(t, blocks)
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	for _, b := range blocks {
		if excerpt(t, b.text) {
			continue
		}
		// As a module, where await may stand outside of functions.
		name := filepath.Join(t.TempDir(), "block.mjs")
		require.NoError(t, os.WriteFile(name, []byte(b.text), 0o600))
		if out, err := exec.CommandContext(t.Context(), node, "--check", name).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", b, out)
		}
	}
}

// lineOfYAML is a line of what guides show: maps and lists of scalars. A whole
// file quotes one that its own program reads.
var lineOfYAML = regexp.MustCompile(`^((  )*(- )*([\w.-]+:( .+)?|- .+|- )|\s*#.*|)$`)

func TestYAML(t *testing.T) {
	blocks := all(t, "yaml")
	require.NotEmpty(t, blocks)
	for _, b := range blocks {
		for i, line := range strings.Split(strings.TrimRight(b.text, "\n"), "\n") {
			if !lineOfYAML.MatchString(line) {
				t.Errorf("%v: line %d is no map, list or scalar, or is indented by an odd number of spaces or a tab: %q", b, i+1, line)
			}
		}
	}
}

// TestConfigurations: what configures other programs either quotes a file, whose
// own test runs it, or is given to the program where it is installed.
func TestConfigurations(t *testing.T) {
	missing := map[string]bool{}
	for _, language := range []string{"nginx", "vcl", "dockerfile"} {
		for _, b := range all(t, language) {
			if excerpt(t, b.text) {
				continue
			}
			var err error
			var out []byte
			switch language {
			case "nginx":
				if _, err := exec.LookPath("nginx"); err != nil {
					missing["nginx"] = true
					continue
				}
				folder := t.TempDir()
				text := "pid " + folder + "/pid;\nerror_log stderr;\nevents {}\nhttp {\n" + b.text + "\n}\n"
				require.NoError(t, os.WriteFile(filepath.Join(folder, "nginx.conf"), []byte(text), 0o600))
				out, err = exec.CommandContext(t.Context(), "nginx", "-t", "-p", folder, "-c", filepath.Join(folder, "nginx.conf")).CombinedOutput()
			default:
				t.Errorf("%v quotes no file of this repository: let it, so that it is run there", b)
				continue
			}
			if err != nil {
				t.Errorf("%v: %s", b, out)
			}
		}
	}
	for name := range missing {
		t.Logf("%s is not installed: its blocks were not checked", name)
	}
}
