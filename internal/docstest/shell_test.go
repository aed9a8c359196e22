package docstest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "golang.org/x/image/webp"

	"github.com/immagin/immagin-go/internal/docstest/given"
)

// notRun are the shell blocks that are only read, and why. Blocks of nothing but
// the go command need no entry: TestShell looks for what they name, and the
// tests of those programs run them.
var notRun = []exception{
	{"corpus.md", "cd internal/sharpref", "needs sharp from npm; live_parity of .ci/lib installs it"},
	{"uploads.md", "az storage", "needs an account of Azure's"},
}

// goCommand is a call of the go command within a block.
var goCommand = regexp.MustCompile(`\bgo (run|test|build|vet|install|doc|list)\b([^|&;\n#]*)`)

// TestShell has bash read every block, and finds the packages, tests and flags
// that go commands name. What is run is run by the tests below.
func TestShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	used := map[int]bool{}
	for _, b := range all(t, "sh") {
		cmd := exec.CommandContext(t.Context(), bash, "-n")
		cmd.Stdin = strings.NewReader(b.text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", b, out)
		}
		for _, m := range goCommand.FindAllStringSubmatch(b.text, -1) {
			for _, fault := range holdGo(t, m[1], m[2]) {
				t.Errorf("%v: go %s%s: %s", b, m[1], m[2], fault)
			}
		}
		_, ran := lookRun(b)
		_, excused := find(notRun, used, b)
		if !ran && !excused && !onlyGo(b.text) && !excerpt(t, b.text) {
			t.Errorf("%v: nothing runs this: add it to a session of shell_test.go, or to notRun with the reason", b)
		}
	}
	requireUsed(t, notRun, used)
}

// onlyGo tells whether a block has nothing but go commands, assignments before
// them and comments.
func onlyGo(text string) bool {
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !regexp.MustCompile(`^([A-Z_0-9]+=\S+ )*(go |git clone |cd |\.ci/)`).MatchString(line) {
			return false
		}
	}
	return true
}

// holdGo returns what a go command names that is not there.
func holdGo(t *testing.T, verb, arguments string) (faults []string) {
	var folders []string
	fields := strings.Fields(arguments)
	for _, field := range fields {
		field = strings.Trim(field, `'"`)
		if folder, ok := strings.CutPrefix(field, "./"); ok {
			folder = strings.TrimSuffix(strings.TrimSuffix(folder, "..."), "/")
			if _, err := os.Stat(filepath.Join(root, folder)); err != nil {
				faults = append(faults, "there is no "+field)
			}
			folders = append(folders, filepath.Join(root, folder))
		}
	}
	if len(folders) != 1 || len(faults) > 0 {
		return faults
	}
	source := ""
	files, err := filepath.Glob(filepath.Join(folders[0], "*.go"))
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		source += string(text)
	}
	for i, field := range fields {
		name, ok := strings.CutPrefix(field, "-")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "-"), "=")
		switch {
		case verb == "run":
			if !strings.Contains(source, `"`+name+`"`) {
				faults = append(faults, "the program has no flag -"+name)
			}
		case verb == "test" && name == "run" && i+1 < len(fields):
			for _, pattern := range strings.Split(strings.Trim(fields[i+1], `'"`), "|") {
				if !regexp.MustCompile(`func (Test|Example|Fuzz)?\w*` + strings.Trim(pattern, "^$")).MatchString(source) {
					faults = append(faults, "there is no test "+pattern)
				}
			}
		}
	}
	return faults
}

func TestHoldGo(t *testing.T) {
	require.Empty(t, holdGo(t, "run", " ./examples/server -addr 127.0.0.1:0"))
	require.Equal(t, []string{"the program has no flag -nosuch"}, holdGo(t, "run", " ./examples/server -nosuch"))
	require.Equal(t, []string{"there is no ./examples/nosuch"}, holdGo(t, "run", " ./examples/nosuch"))
	require.Equal(t, []string{"there is no test TestNoSuch"}, holdGo(t, "test", " ./internal/docstest -run 'TestHoldGo|TestNoSuch'"))
	require.True(t, onlyGo("# a\nA=1 go test ./... \\\n\t-run x\n"))
	require.False(t, onlyGo("curl x\n"))
}

// A session is blocks that are run one after the other in one folder, with the
// variables that those before them have set.
type session struct {
	page  string
	begin []string // of each block; "" is every block of the page that uses curl
}

var (
	// Against the demo server.
	management = session{"management-api.md", []string{""}}
	uploads    = session{"uploads.md", []string{"answer="}}
	own        = session{"demo-server.md", []string{"answer="}}
	// The README's commands, and its program for embedding.
	demo  = session{"README.md", []string{"go run ./examples/server"}}
	embed = session{"README.md", []string{"payload="}}
)

func (s session) has(b block) bool {
	for _, begin := range s.begin {
		if b.begins(s.page, begin) && (begin != "" || strings.Contains(b.text, "curl ")) {
			return filepath.Dir(b.page) != "." || s.page == "README.md" && b.page == "README.md"
		}
	}
	return false
}

// lookRun tells which session runs a block.
func lookRun(b block) (session, bool) {
	for _, s := range []session{management, uploads, own, demo, embed} {
		if s.has(b) {
			return s, true
		}
	}
	return session{}, false
}

// run runs a session's blocks by one bash, which ends at the first failure and
// says what it runs. Between them stand the lines of after, by a block's
// beginning: what a reader does between two blocks, by hand.
func (s session) run(t *testing.T, folder string, environment []string, replace, after map[string]string) string {
	t.Helper()
	var script strings.Builder
	for _, b := range all(t, "sh") {
		if !s.has(b) {
			continue
		}
		text := b.text
		for old, now := range replace {
			text = strings.ReplaceAll(text, old, now)
		}
		fmt.Fprintf(&script, "echo '== %v'\n%s\n", b, text)
		for begin, line := range after {
			if strings.Contains(b.text, begin) {
				script.WriteString(line + "\n")
			}
		}
	}
	require.NotEmpty(t, script.String())
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", "curl() { command curl -sS --fail-with-body -w '\\n' \"$@\"; }\n"+script.String())
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), environment...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

func requirePrograms(t *testing.T, names ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the go command")
	}
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
}

// start runs a command of the README's as a group of processes, which ends with
// the test, and returns the URL that its first line tells.
func start(t *testing.T, command string, environment ...string) (url string) {
	t.Helper()
	cmd := exec.Command("bash", "-c", command)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), environment...)
	ownGroup(cmd)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var said strings.Builder
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		killGroup(cmd)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
	}
	require.NoError(t, err, "%s", said.String())
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	return url
}

// TestDemo gives the README's first command to a shell, as it stands, and then
// runs the calls of the guides against what it starts.
func TestDemo(t *testing.T) {
	requirePrograms(t, "bash", "curl", "jq", "openssl", "basenc")
	const key = "imk_0123456789abcdefghijkl"
	var command string
	for _, b := range all(t, "sh") {
		if demo.has(b) {
			command = b.text
		}
	}
	require.NotEmpty(t, command, "the README has lost its first command")
	url := start(t, command, "IMMAGIN_ADDR=127.0.0.1:0", "IMMAGIN_DATA="+t.TempDir(), "IMMAGIN_API_KEY="+key)
	page, err := http.Get(url)
	require.NoError(t, err)
	text, err := io.ReadAll(page.Body)
	require.NoError(t, err)
	require.NoError(t, page.Body.Close())
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, string(text), "<title>")

	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "hero.jpg"), given.Picture(), 0o600))
	// The smallest PNG: a pixel.
	require.NoError(t, os.WriteFile(filepath.Join(folder, "hero.png"), []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"), 0o600))
	environment := []string{"API=" + url, "KEY=" + key}
	// A reader copies the upload's URL and the key's ID from the answers.
	out := management.run(t, folder, environment, map[string]string{
		"$API/v1/images/sign-url\n":  "$API/v1/images/sign-url | tee answer\n",
		"key_VzILsEQqXtySVGMnsiqpOf": "$(curl -H \"Authorization: Bearer $KEY\" $API/v1/keys | jq -r '.[] | select(.name == \"CI\") | .id')",
	}, map[string]string{"$API/v1/images/sign-url": "UPLOAD_URL=$(jq -r .uploadUrl answer)"})
	for _, want := range []string{`"baseUrl":`, `"key":"photos/hero.png","size":`, `"lastModified":`, `"prefix":"imk_`, `"name":"CI"`} {
		require.Contains(t, out, want)
	}
	t.Log(out)
	t.Log(uploads.run(t, folder, environment, nil, nil))
	t.Log(own.run(t, folder, environment, nil, nil))
	picture, err := os.ReadFile(filepath.Join(folder, "mine-400.jpg"))
	require.NoError(t, err)
	size, format, err := image.DecodeConfig(bytes.NewReader(picture))
	require.NoError(t, err)
	require.Equal(t, "jpeg", format)
	require.Equal(t, 400, size.Width)
	answer, err := http.NewRequest("GET", url+"/v1/images?prefix=photos/", nil)
	require.NoError(t, err)
	answer.Header.Set("Authorization", "Bearer "+key)
	list, err := http.DefaultClient.Do(answer)
	require.NoError(t, err)
	text, err = io.ReadAll(list.Body)
	require.NoError(t, err)
	require.NoError(t, list.Body.Close())
	require.Contains(t, string(text), `"key":"photos/hero.jpg"`)
	require.NotContains(t, string(text), "hero.png", "it was deleted")
}

// TestEmbed builds the README's program, but for the folder and the port, runs
// it, and asks it for a picture by the README's lines for the shell.
func TestEmbed(t *testing.T) {
	requirePrograms(t, "bash", "curl", "openssl", "basenc")
	var program string
	for _, b := range all(t, "go") {
		if b.page == "README.md" && strings.HasPrefix(b.text, "package main") {
			program = b.text
		}
	}
	require.NotEmpty(t, program)
	pictures := t.TempDir()
	name := filepath.Join(pictures, "originals", "acme", "hero.jpg")
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, given.Picture(), 0o600))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	for old, now := range map[string]string{"/srv/pictures": pictures, "127.0.0.1:8080": address} {
		require.Contains(t, program, old)
		program = strings.ReplaceAll(program, old, now)
	}
	folder := t.TempDir()
	source := filepath.Join(folder, "main.go")
	require.NoError(t, os.WriteFile(source, []byte(program), 0o600))
	binary := filepath.Join(folder, "embed")
	build := exec.Command("go", "build", "-o", binary, source)
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	ctx, cancel := context.WithCancel(t.Context())
	run := exec.CommandContext(ctx, binary)
	run.Env = append(os.Environ(), "IMMAGIN_SECRET=test-secret-0123456789")
	require.NoError(t, run.Start())
	defer func() { cancel(); _ = run.Wait() }()
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	}, time.Minute, 20*time.Millisecond)

	embed.run(t, folder, []string{"IMMAGIN_SECRET=test-secret-0123456789"}, map[string]string{"127.0.0.1:8080": address}, nil)
	picture, err := os.ReadFile(filepath.Join(folder, "hero.webp"))
	require.NoError(t, err)
	require.Equal(t, "RIFF", string(picture[:4]))
	require.Equal(t, "WEBP", string(picture[8:12]))
}
