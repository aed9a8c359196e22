package servertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A PostgresServer is a PostgreSQL server of this test binary alone, in a
// temporary folder and on a free port of the loopback interface.
type PostgresServer struct {
	bin    string // folder of initdb and pg_ctl
	folder string
	port   int
	as     *user.User // who runs it; nil for ourselves

	guard     *exec.Cmd
	guardPipe io.Closer

	mu      sync.Mutex
	running bool
}

// Postgres returns the URL of a new and empty database on the server that
// [SharedPostgres] returns. The test is skipped where PostgreSQL is not
// installed.
func Postgres(t testing.TB) (url string) {
	t.Helper()
	return SharedPostgres(t).Database(t)
}

var sharedPostgres struct {
	sync.Mutex
	server *PostgresServer
}

// SharedPostgres returns the one server of this test binary, and starts it if
// need be. It is gone when the process has ended, however that came. The test
// is skipped where PostgreSQL is not installed.
func SharedPostgres(t testing.TB) *PostgresServer {
	t.Helper()
	sharedPostgres.Lock()
	defer sharedPostgres.Unlock()
	if sharedPostgres.server == nil {
		sharedPostgres.server = newPostgres(t)
	}
	return sharedPostgres.server
}

// StartPostgres starts a server for one test, which may stop and start it at
// will, and removes it in the end. The test is skipped where PostgreSQL is not
// installed.
func StartPostgres(t testing.TB) *PostgresServer {
	t.Helper()
	s := newPostgres(t)
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// findPostgres returns the folder of the newest installation's programs.
func findPostgres() (bin string, ok bool) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian's place
	version := func(name string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(name))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if name, err := exec.LookPath("initdb"); err == nil {
		found = append(found, name)
	}
	for _, name := range found {
		if _, err := os.Stat(filepath.Join(filepath.Dir(name), "pg_ctl")); err == nil {
			return filepath.Dir(name), true
		}
	}
	return "", false
}

// newPostgres makes a server and starts it.
func newPostgres(t testing.TB) *PostgresServer {
	t.Helper()
	if runtime.GOOS == "windows" {
		Missing(t, "PostgreSQL is started on Unix only")
	}
	bin, ok := findPostgres()
	if !ok {
		Missing(t, "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin and PATH")
	}
	s := &PostgresServer{bin: bin}
	if os.Geteuid() == 0 {
		// PostgreSQL refuses to run as root.
		if s.as = ordinaryUser("postgres", "nobody"); s.as == nil {
			Missing(t, "PostgreSQL does not run as root, and there is no user postgres or nobody")
		}
		if _, err := exec.LookPath("setpriv"); err != nil {
			Missing(t, "PostgreSQL does not run as root, and there is no setpriv (of util-linux)")
		}
	}
	// Not t.TempDir: it may lie where another user cannot go, and a server
	// that is shared outlives its test.
	folder, err := os.MkdirTemp("", "immagin-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	s.folder = folder
	if err := s.watch(); err != nil {
		t.Fatal(errors.Join(err, os.RemoveAll(folder)))
	}
	if err := s.create(); err != nil {
		t.Fatal(errors.Join(err, s.remove()))
	}
	return s
}

func (s *PostgresServer) create() error {
	if s.as != nil {
		uid, err1 := strconv.Atoi(s.as.Uid)
		gid, err2 := strconv.Atoi(s.as.Gid)
		if err := errors.Join(err1, err2, os.Chown(s.folder, uid, gid)); err != nil {
			return err
		}
	}
	// No sync: what a test wrote need not outlast the machine.
	if err := s.run("initdb", "--pgdata", s.data(), "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"); err != nil {
		return err
	}
	// Another may take a free port before the server does.
	var errs []error
	for range 3 {
		port, err := freePort()
		if err != nil {
			return err
		}
		s.port = port
		if err := s.start(); err == nil {
			return nil
		} else {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *PostgresServer) data() string { return filepath.Join(s.folder, "data") }

// command is how to run one of PostgreSQL's programs.
func (s *PostgresServer) command(program string, args ...string) []string {
	command := append([]string{filepath.Join(s.bin, program)}, args...)
	if s.as != nil {
		command = as(s.as, command...)
	}
	return command
}

// watch starts a shell that waits for the end of this process, be it by a
// panic, a timeout or a signal, which closes a pipe; it then stops the server
// and removes its folder.
func (s *PostgresServer) watch() error {
	script := `read x; "$@"; rm -rf -- "$0"`
	stop := s.command("pg_ctl", "stop", "--pgdata", s.data(), "--mode", "immediate", "--wait")
	s.guard = exec.Command("sh", append([]string{"-c", script, s.folder}, stop...)...)
	s.guard.Dir = "/"
	ownGroup(s.guard) // an interrupt is for us, not for the shell
	pipe, err := s.guard.StdinPipe()
	if err != nil {
		return err
	}
	s.guardPipe = pipe
	return s.guard.Start()
}

// run runs one of PostgreSQL's programs. Nobody waits for ever.
func (s *PostgresServer) run(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	command := s.command(program, args...)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = s.folder
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+s.folder)
	// A file and no pipe: the server inherits it, and would keep a pipe open.
	log, err := os.CreateTemp("", "immagin-postgres-*.log")
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		own, _ := os.ReadFile(filepath.Join(s.folder, "log"))
		return fmt.Errorf("servertest: %s: %w\n%s\n%s", program, err, said, own)
	}
	return nil
}

func (s *PostgresServer) start() error {
	options := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200 -c shared_buffers=16MB", s.port)
	err := s.run("pg_ctl", "start", "--pgdata", s.data(), "--wait", "--log", filepath.Join(s.folder, "log"), "-o", options)
	s.running = err == nil
	return err
}

// Start starts the server after [PostgresServer.Stop], on the same port and
// with what was stored.
func (s *PostgresServer) Start(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		return
	}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop stops the server as an outage does: connections break, and what was
// not committed is lost.
func (s *PostgresServer) Stop(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
}

func (s *PostgresServer) stop() error {
	if !s.running {
		return nil
	}
	err := s.run("pg_ctl", "stop", "--pgdata", s.data(), "--mode", "immediate", "--wait")
	s.running = err != nil
	return err
}

// remove stops the server and removes its folder.
func (s *PostgresServer) remove() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	return errors.Join(s.guardPipe.Close(), s.guard.Wait())
}

// Database makes a database, and returns its URL in the form that drivers and
// psql take. It goes with the server.
func (s *PostgresServer) Database(t testing.TB) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	if err := s.run("createdb", "--host", "127.0.0.1", "--port", strconv.Itoa(s.port), "--username", "postgres", "--maintenance-db", "postgres", name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

func (s *PostgresServer) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Folder is where the server keeps all that it has; for tests that look into
// its files.
func (s *PostgresServer) Folder() string { return s.folder }
