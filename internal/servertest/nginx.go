package servertest

import (
	"os"
	"path/filepath"
	"testing"
)

// Nginx runs an nginx of this test alone, with what site returns within its
// http block, and returns its address. site is told a port of 127.0.0.1 to
// listen on, and a folder for files and sockets. The test is skipped where
// nginx is not installed.
func Nginx(t testing.TB, site func(port int, folder string) string) (address string) {
	t.Helper()
	path := Find(t, "nginx")
	folder := openFolder(t, "nginx")
	config := filepath.Join(folder, "nginx.conf")
	return Start(t, Command{
		Path: path,
		Args: func(port int) []string {
			write(t, config, `daemon off;
pid nginx.pid;
error_log stderr;
worker_processes 2;
events {
    worker_connections 1024;
}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
`+site(port, folder)+`
}
`)
			return []string{"-p", folder + "/", "-c", config, "-e", "stderr"}
		},
		Dir:     folder,
		Prepare: ordinary,
	})
}

// openFolder makes a folder in which whoever a server runs as may write. It is
// not t.TempDir, which may lie where another user cannot go, and whose name may
// be too long for a socket.
func openFolder(t testing.TB, name string) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "immagin-"+name+"-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(folder, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	return folder
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
