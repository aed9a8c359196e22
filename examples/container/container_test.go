//go:build linux

package container_test

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"

	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/sign"
)

const root = "../.."

// An instruction is a line of the Dockerfile, and the stage that it is in.
type instruction struct{ stage, word, rest string }

func parse(t *testing.T) (all []instruction) {
	t.Helper()
	text, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	stage := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		require.False(t, strings.HasSuffix(line, `\`), "this test reads no continued lines")
		word, rest, _ := strings.Cut(line, " ")
		if word == "FROM" {
			stage = rest
		}
		all = append(all, instruction{stage, word, rest})
	}
	return all
}

// find returns what stands behind a word in the stage of an image.
func find(all []instruction, image, word string) (found []string) {
	for _, i := range all {
		if strings.HasPrefix(i.stage, image) && i.word == word {
			found = append(found, i.rest)
		}
	}
	return found
}

func TestDockerfile(t *testing.T) {
	all := parse(t)
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	require.Equal(t, []string{"golang:" + string(version[1]) + " AS build"}, find(all, "golang", "FROM"))
	require.Equal(t, []string{"scratch"}, find(all, "scratch", "FROM"), "the last stage begins with nothing")
	require.Empty(t, find(all, "scratch", "RUN"), "there is nothing to run there")
	for _, i := range all {
		require.Contains(t, []string{"FROM", "WORKDIR", "COPY", "RUN", "ARG", "USER", "ENV", "EXPOSE", "VOLUME", "ENTRYPOINT"}, i.word)
		for _, fetches := range []string{"http:", "https:", "apt", "apk", "curl", "wget", "git ", "go install", "go get"} {
			require.NotContains(t, i.rest, fetches, "no network but the module proxy")
		}
	}
	user := find(all, "scratch", "USER")
	require.Len(t, user, 1)
	id, err := strconv.Atoi(strings.Split(user[0], ":")[0])
	require.NoError(t, err, "scratch has no names of users")
	require.NotZero(t, id)
	var entry []string
	require.NoError(t, json.Unmarshal([]byte(find(all, "scratch", "ENTRYPOINT")[0]), &entry), "scratch has no shell")
	require.Equal(t, []string{"/server"}, entry)
}

// TestScratch builds and runs what the Dockerfile says, as its user, with
// nothing around it. IMMAGIN_TEST_CONTAINER is "full" for that, or "quick" for a
// build without -trimpath, which compiles nothing anew where the module was
// built without cgo before.
func TestScratch(t *testing.T) {
	how := os.Getenv("IMMAGIN_TEST_CONTAINER")
	if how == "" {
		t.Skip("compiles and links the server, which takes minutes: IMMAGIN_TEST_CONTAINER is not set")
	}
	all := parse(t)
	image := t.TempDir()
	require.NoError(t, os.Chmod(image, 0o755))
	for _, copied := range find(all, "scratch", "COPY") {
		fields := strings.Fields(copied)
		from, to := fields[len(fields)-2], filepath.Join(image, fields[len(fields)-1])
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		switch from {
		case "/out/server":
			build(t, find(all, "golang", "RUN"), to, how == "quick")
		case "/out/data":
			require.Contains(t, fields, "--chown="+find(all, "scratch", "USER")[0])
			require.NoError(t, os.Mkdir(to, 0o755))
		case "/etc/ssl/certs/ca-certificates.crt":
			if certificates, err := os.ReadFile(from); err == nil { // the base image has them
				require.NoError(t, os.WriteFile(to, certificates, 0o644))
			}
		default:
			t.Fatalf("this test does not know where %s comes from", from)
		}
	}
	program, err := elf.Open(filepath.Join(image, "server"))
	require.NoError(t, err)
	libraries, err := program.ImportedLibraries()
	require.NoError(t, err)
	require.Empty(t, libraries)
	require.Nil(t, program.Section(".interp"), "it needs no loader")
	require.NoError(t, program.Close())

	secret, key := sign.NewSecret(), sign.NewAPIKey()
	run := exec.CommandContext(t.Context(), "/server", "-addr", "127.0.0.1:0")
	run.Dir = "/"
	run.Env = append(strings.Fields(find(all, "scratch", "ENV")[0]), "IMMAGIN_SECRET="+secret, "IMMAGIN_API_KEY="+key.Reveal())
	if os.Getuid() == 0 {
		id, err := strconv.Atoi(strings.Split(find(all, "scratch", "USER")[0], ":")[0])
		require.NoError(t, err)
		require.NoError(t, os.Chown(filepath.Join(image, "data"), id, id))
		for folder := filepath.Dir(image); folder != os.TempDir() && folder != "/"; folder = filepath.Dir(folder) {
			require.NoError(t, os.Chmod(folder, 0o755))
		}
		run.SysProcAttr = &syscall.SysProcAttr{Chroot: image, Credential: &syscall.Credential{Uid: uint32(id), Gid: uint32(id)}}
	} else {
		t.Log("not root: the program is run without a root of its own")
		run.Path, run.Dir = filepath.Join(image, "server"), image
		run.Env = append(run.Env, "IMMAGIN_DATA="+filepath.Join(image, "data"))
	}
	var log bytes.Buffer
	run.Stderr = &log
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGTERM) }
	run.WaitDelay = 30 * time.Second
	out, err := run.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "%s", &log)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	require.True(t, ok, line)
	use(t, url, key.Reveal())
	require.NoError(t, run.Process.Signal(syscall.SIGTERM))
	require.NoError(t, run.Wait(), "%s", &log)
}

// build runs the command of the Dockerfile that builds the program, in an
// environment that has nothing but Go and the modules.
func build(t *testing.T, commands []string, to string, quick bool) {
	t.Helper()
	settings, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT", "GOMODCACHE", "GOCACHE").Output()
	require.NoError(t, err)
	have := strings.Split(strings.TrimSpace(string(settings)), "\n")
	var command string
	for _, c := range commands {
		if strings.Contains(c, "go build") {
			command = strings.ReplaceAll(c, "/out/server", to)
		}
	}
	require.Contains(t, command, "CGO_ENABLED=0")
	require.Contains(t, command, "-trimpath ")
	if quick {
		command = strings.Replace(command, "-trimpath ", "", 1)
	}
	c := exec.CommandContext(t.Context(), "/bin/sh", "-c", command)
	c.Dir = root
	c.Env = []string{
		"PATH=" + filepath.Join(have[0], "bin") + ":/usr/bin:/bin", "HOME=" + t.TempDir(), "GOMODCACHE=" + have[1], "GOCACHE=" + have[2],
		"GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local", "PROGRAM=./examples/server",
	}
	answer, err := c.CombinedOutput()
	require.NoError(t, err, "%s\n%s", command, answer)
}

// use uploads an original and has a picture made of it.
func use(t *testing.T, url, key string) {
	t.Helper()
	client, err := immagin.NewClient(key, &immagin.Options{BaseURL: url})
	require.NoError(t, err)
	var original bytes.Buffer
	require.NoError(t, jpeg.Encode(&original, scene.Landscape(400, 300), nil))
	_, err = client.Images.Upload(t.Context(), "lake.jpg", bytes.NewReader(original.Bytes()), nil)
	require.NoError(t, err)
	link, err := client.Images.URL(t.Context(), "lake.jpg", []edit.Edit{
		edit.Resize{Width: 200}, edit.Text{Text: "no fonts but its own"},
	}, nil)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, link, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", body)
	size, err := webp.DecodeConfig(bytes.NewReader(body))
	require.NoError(t, err)
	require.Equal(t, 200, size.Width)
	// On every address, as in a container, the page with its rights is off.
	front, err := http.Get(url + "/healthz")
	require.NoError(t, err)
	require.NoError(t, front.Body.Close())
	require.Equal(t, http.StatusOK, front.StatusCode)
}
