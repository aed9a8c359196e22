package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/immagin/immagin-go/examples/metering/database"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// config is what the flags and the environment say, checked.
type config struct {
	addr       string
	data       string // absolute
	store      string // URL of the originals
	cache      string // URL of the derived images, or "none"
	usage      string // as database.Open takes it
	tenant     string
	secret     string // empty: the one of the data folder
	apiKey     sign.APIKey
	hasAPIKey  bool
	playground bool
	drawings   []drawing        // no flag: the program has some, tests seldom
	api        api.Options      // no flags: only tests set any
	now        func() time.Time // likewise; nil is time.Now
}

const noCache = "none"

// readConfig parses args. A flag goes before its environment variable, which
// goes before the default; an empty value means the default.
func readConfig(args []string, getenv func(string) string, output io.Writer) (*config, error) {
	var (
		c         config
		apiKey    string
		fs        = flag.NewFlagSet("server", flag.ContinueOnError)
		variables = map[string]string{} // by flag
	)
	fs.SetOutput(io.Discard) // an error is told once, by who called
	text := func(p *string, name, variable, def, help string) {
		variables[name] = variable
		fs.StringVar(p, name, "", fmt.Sprintf("%s; default %s (%s)", help, def, variable))
	}
	text(&c.addr, "addr", "IMMAGIN_ADDR", defaultAddr, "`host:port` to listen on; port 0 picks a free one")
	text(&c.data, "data", "IMMAGIN_DATA", "immagin in the user's cache directory", "`folder` that holds all state")
	text(&c.store, "store", "IMMAGIN_STORE", "file:// in the data folder", "`URL` of the bucket of originals: file://, mem://, s3://bucket?endpoint=…, gs://, azblob://")
	text(&c.cache, "cache", "IMMAGIN_CACHE", "file:// in the data folder", "`URL` of the bucket of derived images, likewise; none keeps nothing, not in memory either")
	text(&c.usage, "usage", "IMMAGIN_USAGE", "usage.db in the data folder", "`name` of the usage database: an SQLite file, postgres://… for many servers, or mem://")
	text(&c.tenant, "tenant", "IMMAGIN_TENANT", defaultTenant, "`name` of the tenant of all hosts but t.localhost, which is tenant t")
	text(&c.secret, "secret", "IMMAGIN_SECRET", "made at the first start and kept in the file secret of the data folder", "`secret` that signs the tenant's URLs, at least 16 characters; other users of the machine can read flags: prefer the variable")
	text(&apiKey, "api-key", "IMMAGIN_API_KEY", "made at the first start and printed once", "`key` of the management API, imk_ and 22 letters and digits; prefer the variable")
	fs.BoolVar(&c.playground, "playground", false, "show the page at / also where -addr is not a loopback address: whoever reaches it may upload and sign")
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(output, "Usage: server [flags]")
		fs.SetOutput(output)
		fs.PrintDefaults()
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w; see -help", err)
	}
	if fs.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q: all settings are flags, see -help", fs.Arg(0))
	}
	for name, variable := range variables {
		if f := fs.Lookup(name); f.Value.String() == "" {
			f.Value.Set(getenv(variable)) // a string flag takes any value
		}
	}
	if apiKey != "" {
		key, err := sign.ParseAPIKey(apiKey)
		if err != nil {
			return nil, fmt.Errorf("-api-key (IMMAGIN_API_KEY): %w", err)
		}
		c.apiKey, c.hasAPIKey = key, true
	}
	return &c, c.complete()
}

const (
	defaultAddr   = "127.0.0.1:8080"
	defaultTenant = "demo"
)

// complete fills in the defaults and checks the rest.
func (c *config) complete() error {
	if c.addr == "" {
		c.addr = defaultAddr
	}
	if c.tenant == "" {
		c.tenant = defaultTenant
	}
	if !isLabel(c.tenant) {
		return fmt.Errorf("-tenant %q must be 1 to 63 lowercase letters, digits and inner hyphens, as it is a label of host names", c.tenant)
	}
	if c.secret != "" && len(c.secret) < sign.MinSecret {
		return fmt.Errorf("-secret (IMMAGIN_SECRET) has %d bytes, must have at least %d", len(c.secret), sign.MinSecret)
	}
	if c.data == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("no cache directory, so give -data: %w", err)
		}
		c.data = filepath.Join(dir, "immagin")
	}
	var err error
	if c.data, err = filepath.Abs(c.data); err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	if c.usage == "" {
		c.usage = filepath.Join(c.data, "usage.db")
	}
	if err := database.Check(c.usage); err != nil {
		return fmt.Errorf("-usage (IMMAGIN_USAGE) %w", err)
	}
	if c.store == "" {
		c.store = fileURL(filepath.Join(c.data, "store"), "create_dir=1")
	}
	if c.cache == "" {
		// What a power cut damages is rendered again.
		c.cache = fileURL(filepath.Join(c.data, "store"), "create_dir=1&no_sync=1")
	}
	return nil
}

// fileURL is the URL of the bucket in that folder.
func fileURL(folder, query string) string {
	slash := filepath.ToSlash(folder)
	if !strings.HasPrefix(slash, "/") {
		slash = "/" + slash // a drive of Windows
	}
	u := url.URL{Scheme: "file", Path: slash, RawQuery: query}
	return u.String()
}
