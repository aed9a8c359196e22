package replay

import (
	"net"
	"strings"
)

// DefaultProject is the project of lines that name none.
const DefaultProject = "default"

// ByTenant is the tenant of a line as its project. Only JSON lines have one.
func ByTenant(e *Entry) string {
	if e.Tenant == "" {
		return DefaultProject
	}
	return e.Tenant
}

// ByHost is the host to which a request was sent as its project, in lower
// case, without port. Lines of the plain Common Log Format have none.
func ByHost(e *Entry) string {
	host := strings.ToLower(e.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "" {
		return DefaultProject
	}
	return strings.TrimSuffix(host, ".")
}

// ByPrefix is the first segment of the path as the project, where another
// one follows: a of /a/payload.
func ByPrefix(e *Entry) string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(e.Path, "/"), "/")
	if first == "" || rest == "" {
		return DefaultProject
	}
	return first
}

// Whole takes a log for one project.
func Whole(*Entry) string { return DefaultProject }
