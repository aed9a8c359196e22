package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// A guard tells requests of our own page from those of others. The page's
// endpoints sign for whoever may call them, so a site that the user visits
// must not reach them: not from its own origin, and not under a name of its
// own that its DNS server points here.
type guard struct {
	name string // the host name that -addr gives, which is ours
}

func newGuard(addr string) guard {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = ""
	}
	return guard{name: hostname(host)}
}

// host checks that r was sent to a name that only we can have: an address,
// which is no name, a loopback name, or that of -addr.
func (g guard) host(r *http.Request) error {
	host := hostname(r.Host)
	_, err := netip.ParseAddr(host)
	switch {
	case err == nil, host == "localhost", strings.HasSuffix(host, ".localhost"), g.name != "" && host == g.name:
		return nil
	}
	return errors.New("this page answers under localhost, an IP address, or the host name of -addr")
}

// page checks host, and that a page of the same origin sent r. Browsers put
// Origin on every POST, and let no script change it.
func (g guard) page(r *http.Request) error {
	if err := g.host(r); err != nil {
		return err
	}
	// A proxy in front may speak https where we do not.
	origin := r.Header.Values("Origin")
	if len(origin) != 1 || origin[0] != "http://"+r.Host && origin[0] != "https://"+r.Host {
		return fmt.Errorf("only the page at this origin may ask this; Origin is %q", origin)
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return fmt.Errorf("only the page at this origin may ask this; Sec-Fetch-Site is %q", site)
	}
	return nil
}
