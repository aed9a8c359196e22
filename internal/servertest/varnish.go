package servertest

import (
	"net"
	"path/filepath"
	"strconv"
	"testing"
)

// Varnish runs a Varnish of this test alone with a program in VCL, and returns
// the address of its listener "http" and the path of the Unix socket that is
// its listener "purge". The test is skipped where Varnish is not installed.
func Varnish(t testing.TB, vcl string, args ...string) (address, purge string) {
	t.Helper()
	path := Find(t, "varnishd")
	folder := openFolder(t, "varnish")
	program := filepath.Join(folder, "test.vcl")
	write(t, program, vcl)
	purge = filepath.Join(folder, "purge.sock")
	address = Start(t, Command{
		Path: path,
		Args: func(port int) []string {
			return append([]string{
				"-F", "-n", filepath.Join(folder, "work"), "-f", program,
				"-a", "http=" + net.JoinHostPort(host, strconv.Itoa(port)),
				"-a", "purge=" + purge + ",mode=0666",
				"-s", "malloc,256m", "-l", "8m", "-T", host + ":0",
			}, args...)
		},
		Dir:     folder,
		Prepare: ordinary,
	})
	return address, purge
}
